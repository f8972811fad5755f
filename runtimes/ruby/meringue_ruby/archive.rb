# frozen_string_literal: true

module MeringueRuntime
  class BrokenArchive < StandardError; end

  # Archives from strangers: nothing is written outside the folder, and nothing larger than it says it is.
  module Archive
    Entry = Struct.new(:kind, :name, :mode, :content)
    TOTAL_LIMIT_BYTES = 1024**3
    BLOCK_BYTES = 512
    DEFLATED = 8

    # Unpacks a zip or a gzipped tar. Raises BrokenArchive when it is broken or wants to leave the folder.
    def self.unpack(data, folder)
      links = []
      (data.start_with?("PK") ? zip_entries(data) : tar_entries(data)).each do |entry|
        place = File.join(folder, inside(entry.name))
        case entry.kind
        when :link, :copy then links << entry
        when :folder then make_folder(place)
        else
          make_folder(File.dirname(place))
          File.binwrite(place, entry.content)
          File.chmod((entry.mode & 0o777).then { |mode| mode.zero? ? 0o644 : mode } | 0o600, place)
        end
      end
      # Links come last, so that no file is ever written through one.
      links.each { |entry| make_link(folder, entry) }
    rescue SystemCallError => error
      raise BrokenArchive, error.message
    end

    def self.zip_entries(data)
      at = data.rindex("PK\x05\x06".b)
      raise BrokenArchive, "the zip archive cannot be read: it has no end" unless at && data.bytesize >= at + 22

      count, start = data.byteslice(at, 22).unpack("x10vx4V")
      total = 0
      Enumerator.new do |entries|
        count.times do
          header = data.byteslice(start, 46)
          unless header&.start_with?("PK\x01\x02".b) && header.bytesize == 46
            raise BrokenArchive, "the zip archive cannot be read: its directory is damaged"
          end

          flags, method, crc, packed, size, *lengths, attributes, place = header.unpack("x8vvx4VVVvvvx4VV")
          name = data.byteslice(start + 46, lengths[0]).force_encoding(Encoding::UTF_8)
          start += 46 + lengths.sum
          total = within(total + size)
          mode = attributes >> 16
          if name.end_with?("/")
            entries << Entry.new(:folder, name, mode)
          else
            content = zip_content(data, place, flags, method, packed, size)
            unless content && content.bytesize == size && Zlib.crc32(content) == crc
              raise BrokenArchive, "the zip archive cannot be read: the entry #{name} is damaged"
            end
            entries << Entry.new(mode & 0o170000 == 0o120000 ? :link : :file, name, mode, content)
          end
        end
      end
    end

    # Returns nil when it can't be read.
    def self.zip_content(data, place, flags, method, packed, size)
      header = data.byteslice(place, 30)
      return unless header&.start_with?("PK\x03\x04".b) && header.bytesize == 30 && flags.nobits?(1)

      content = data.byteslice(place + 30 + header.unpack("x26vv").sum, packed)
      return content if method.zero?

      inflate(content, -Zlib::MAX_WBITS, size) if method == DEFLATED
    end

    def self.tar_entries(packed)
      data = inflate(packed, Zlib::MAX_WBITS + 16, TOTAL_LIMIT_BYTES)
      raise BrokenArchive, "the tar.gz archive cannot be read: it does not unzip" unless data

      at = 0
      long = {}
      Enumerator.new do |entries|
        while at + BLOCK_BYTES <= data.bytesize && data.getbyte(at) != 0
          header = data.byteslice(at, BLOCK_BYTES)
          name, mode, size, type, link, magic, prefix = header.unpack("Z100Z8x16Z12x20aZ100a6x82Z155")
          size = size.strip.oct
          content = data.byteslice(at + BLOCK_BYTES, size)
          unless content&.bytesize == size
            raise BrokenArchive, "the tar.gz archive cannot be read: it ends too early"
          end

          at += BLOCK_BYTES * (1 + (size + BLOCK_BYTES - 1) / BLOCK_BYTES)
          case type
          when "L" then long[:name] = content.unpack1("Z*")
          when "K" then long[:link] = content.unpack1("Z*")
          when "x"
            long[:name] = content[/^\d+ path=(.*)$/n, 1] || long[:name]
            long[:link] = content[/^\d+ linkpath=(.*)$/n, 1] || long[:link]
          else
            full = magic == "ustar\0" && !prefix.empty? ? "#{prefix}/#{name}" : name
            name = (long[:name] || full).dup.force_encoding(Encoding::UTF_8)
            target = long[:link] || link
            long = {}
            # Devices, pipes and an archiver's notes are left out.
            kind = { "0" => :file, "\0" => :file, "7" => :file, "1" => :copy, "2" => :link, "5" => :folder }[type]
            entries << Entry.new(kind, name, mode.strip.oct, kind == :file ? content : target) if kind
          end
        end
      end
    end

    # Returns nil when it can't be read or is larger than it may be.
    def self.inflate(packed, window_bits, limit_bytes)
      content = String.new(encoding: Encoding::BINARY)
      inflater = Zlib::Inflate.new(window_bits)
      inflater.inflate(packed) do |part|
        content << part
        return if content.bytesize > limit_bytes
      end
      content if inflater.finished?
    rescue Zlib::Error
      nil
    ensure
      inflater&.close
    end

    def self.within(total_bytes)
      return total_bytes if total_bytes <= TOTAL_LIMIT_BYTES

      raise BrokenArchive, "the archive holds more than #{TOTAL_LIMIT_BYTES} bytes"
    end

    # The same name without empty steps. Raises BrokenArchive when it names a place elsewhere.
    def self.inside(name)
      steps = name.split("/").reject { |step| step.empty? || step == "." }
      if name.start_with?("/") || name.include?("\0") || steps.include?("..")
        raise BrokenArchive, "the entry #{name} lies outside of the folder"
      end

      steps.join("/")
    end

    # With all `..` in front, and the link in a real folder, what a target names can be told without looking.
    def self.make_link(folder, entry)
      name = inside(entry.name)
      make_folder(File.dirname(File.join(folder, name)))
      if entry.kind == :copy
        return File.binwrite(File.join(folder, name), File.binread(File.join(folder, inside(entry.content))))
      end

      target = entry.content.dup.force_encoding(Encoding::UTF_8)
      steps = target.split("/").reject { |step| step.empty? || step == "." }
      ups = steps.count("..")
      if target.start_with?("/") || ups > name.count("/") || steps.take(ups).any? { |step| step != ".." }
        raise BrokenArchive, "the link #{name} leads out of the folder"
      end
      File.symlink(target, File.join(folder, name))
    end

    def self.make_folder(path)
      return if Dir.exist?(path)

      make_folder(File.dirname(path))
      Dir.mkdir(path)
    end
  end
end
