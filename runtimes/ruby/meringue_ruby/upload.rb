# frozen_string_literal: true

module MeringueRuntime
  # The upload can't become an action. The message is the answer; the details, if any, belong to the log.
  class InitFailed < StandardError
    attr_reader :details

    def initialize(message, details = nil)
      super(message)
      @details = details
    end
  end

  # From what was uploaded to the method that is called.
  module Upload
    MAIN_FILE = "main.rb"
    NO_ZIP = "Invalid Binary: failed to open zip file. Please make sure you have finished $bundle package successfully."
    NO_MAIN_FILE = "Invalid Ruby Code: zipped actions must contain main.rb at the root."
    NO_CACHE = "Invalid Binary: vendor/cache folder is not found. Please make sure you have used valid zip binary."
    NOT_RESOLVED = "Invalid Binary: failed to resolve dependencies"
    NOT_PARSED = "Invalid Ruby Code: failed to parse the input code"
    NO_METHOD = "Invalid Ruby Code: method checking failed"
    INSTALL = ["-rbundler", "-rbundler/cli", "-e", "Bundler::CLI.start(['install', '--local'])"].freeze

    # Puts the upload into a folder. Raises InitFailed.
    def self.place(value, folder)
      make_folder(folder)
      return File.write(File.join(folder, MAIN_FILE), value["code"]) unless value["binary"]

      data = value["code"].strip.unpack1("m")
      raise InitFailed, NO_ZIP unless data.start_with?("PK", "\x1f\x8b".b)

      begin
        Archive.unpack(data, folder)
      rescue BrokenArchive => error
        raise InitFailed.new(NO_ZIP, "Error: #{error.message}")
      end
    end

    def self.make_folder(path)
      Archive.make_folder(path)
    rescue SystemCallError => error
      raise InitFailed.new(NO_ZIP, error.message)
    end

    # Whether the folder asks for gems. They are then installed from its own cache, inside of it. Raises InitFailed.
    def self.install_gems(folder)
      return false unless File.exist?(File.join(folder, "Gemfile"))
      raise InitFailed, NO_CACHE unless Dir.exist?(File.join(folder, "vendor/cache"))

      done = IO.popen([bundle_environment(folder), RbConfig.ruby, *INSTALL, err: %i[child out], chdir: folder], &:read)
      raise InitFailed, "#{NOT_RESOLVED} / #{done} / " unless $?.success?

      true
    end

    def self.bundle_environment(folder)
      {
        "BUNDLE_GEMFILE" => File.join(folder, "Gemfile"),
        "BUNDLE_PATH" => File.join(folder, "vendor/bundle"),
        "BUNDLE_APP_CONFIG" => File.join(folder, ".bundle"),
        "BUNDLE_SILENCE_ROOT_WARNING" => "true",
      }
    end

    # Loads the action, whose folder becomes the working directory, and returns its method. Raises InitFailed.
    def self.load(folder, name)
      Dir.chdir(folder)
      file = File.join(Dir.pwd, MAIN_FILE)
      raise InitFailed, NO_MAIN_FILE unless File.exist?(file)

      check_syntax(file)
      begin
        require file
        TOPLEVEL_BINDING.receiver.method(name)
      rescue SystemExit, ScriptError, StandardError, SystemStackError, NoMemoryError => error
        text = Upload.describe(error)
        raise InitFailed.new("#{NO_METHOD} /  / #{text}", text)
      end
    end

    def self.check_syntax(file)
      RubyVM::InstructionSequence.compile_file(file)
    rescue SyntaxError => error
      raise InitFailed.new(NOT_PARSED, error.message)
    end

    # An exception as Ruby would print it, without our own frames.
    def self.describe(error)
      own = error.backtrace&.index { |place| place.start_with?(__dir__) }
      error.set_backtrace(error.backtrace.take(own)) if own
      error.full_message(highlight: false)
    end

    def self.remove(folder)
      return unless Dir.exist?(folder)

      Dir.children(folder).each do |name|
        path = File.join(folder, name)
        if File.directory?(path) && !File.symlink?(path)
          remove(path)
          Dir.rmdir(path)
        else
          File.unlink(path)
        end
      end
    end
  end
end
