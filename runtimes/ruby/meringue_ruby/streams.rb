# frozen_string_literal: true

module MeringueRuntime
  # The lines that come in and the answers that go out, on descriptors of their own: what an action reads or starts
  # finds an empty input, and no descriptor 3.
  class Lines
    def initialize
      @in = STDIN.dup
      STDIN.reopen(File::NULL)
      out = IO.for_fd(3, "wb")
      @out = out.dup
      out.close
      @in.binmode
      @out.binmode
      @out.sync = true
    end

    # The next line. At the end of the input the process ends at once.
    def next
      @in.gets&.force_encoding(Encoding::UTF_8) || Process.exit!(0)
    end

    def answer(status, id, json)
      @out.write("#{status} #{id} #{json}\n".b)
    end

    # Runs another program in this process, with the same lines.
    def continue_as(environment, *command, **descriptors)
      exec(environment, *command, **descriptors, 0 => @in, 3 => @out, unsetenv_others: true)
    end
  end

  # Makes a stream remember whether it is at the start of a line.
  module LineStart
    def at_line_start? = @at_line_start != false

    def write(*parts)
      last = parts.reverse_each.lazy.map(&:to_s).find { |part| !part.empty? }
      @at_line_start = last.end_with?("\n") if last
      super
    end
  end

  # stdout and stderr of the action. What is written leaves at once, so that it survives a kill.
  class Logs
    SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"
    STREAMS = [STDOUT, STDERR].freeze

    # Without marks nobody has to know how lines end.
    def initialize(marked)
      @marked = marked
      STREAMS.each { |stream| stream.sync = true }
      STREAMS.each { |stream| stream.singleton_class.prepend(LineStart) } if marked
    end

    def error(text)
      STDERR.write(text.end_with?("\n") ? text : "#{text}\n")
    rescue IOError, SystemCallError
      nil # the action closed it: nobody reads this
    end

    def output(text)
      STDOUT.write("#{text}\n")
    rescue IOError, SystemCallError
      nil # the action closed it: nobody reads this
    end

    # Ends the log of one activation, on a line of its own.
    def end
      $stdout, $stderr = STREAMS
      return unless @marked

      STREAMS.each do |stream|
        stream.write(stream.at_line_start? ? SENTINEL : "\n#{SENTINEL}")
      rescue IOError, SystemCallError
        next # the action closed it: nobody reads this
      end
    end
  end
end
