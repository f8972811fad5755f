# frozen_string_literal: true

module MeringueRuntime
  # One action: initialised once, then run, one run at a time.
  class Launcher
    NO_CODE = "Missing main/no code to execute."
    TWICE = "Cannot initialize the action more than once."
    NO_ACTION = "no action defined yet"
    NO_DICTIONARY = "The action did not return a dictionary or array."
    RUN_FAILED = "Invalid Action: An error occurred running the action"
    SYSTEM_ERRORS = [NoMemoryError, SignalException].freeze
    # Where a launcher that was started anew finds the rest of an init.
    RESUME = "MERINGUE_RESUME"
    OWN_VARIABLES = ["MERINGUE_SENTINELS", "MERINGUE_ACTION_DIR", RESUME].freeze

    def initialize
      @environment = ENV.to_h
      resumed = ENV.fetch(RESUME, nil)
      @lines = Lines.new
      @logs = Logs.new(ENV["MERINGUE_SENTINELS"] != "off")
      @folder = File.expand_path(ENV["MERINGUE_ACTION_DIR"] || "action")
      OWN_VARIABLES.each { |name| ENV.delete(name) }
      @method = nil
      resume(resumed) if resumed
    end

    # Answers lines until there are no more; then the process ends.
    def serve
      loop do
        message = JSON.parse(@lines.next, max_nesting: false)
        message = {} unless message.is_a?(Hash)
        message.key?("init") ? init(message["init"]) : run(message)
      rescue JSON::ParserError => error
        fail_with(400, "-", "Error unmarshaling request: #{error.message}")
      end
    end

    private

    def init(value)
      return refuse_second if @method

      code = value["code"] if value.is_a?(Hash)
      return fail_with(403, "init", NO_CODE) unless code.is_a?(String) && !code.empty?

      Upload.place(value, @folder)
      rest = { "main" => value["main"], "env" => value["env"] }
      Upload.install_gems(@folder) ? continue_with_gems(rest) : start(rest)
    rescue InitFailed => error
      start_again(error)
    end

    def refuse_second
      @logs.output("Error: #{TWICE}")
      fail_with(403, "init", TWICE)
    end

    # Its code is loaded last: the environment must be there before.
    def start(rest)
      rest["env"]&.each { |name, text| set_variable(name, text) }
      main = rest["main"].to_s
      @method = Upload.load(@folder, main.empty? ? "main" : main)
      @lines.answer(200, "init", '{"OK":true}')
    rescue ArgumentError, SystemCallError => error
      raise InitFailed.new("Invalid Parameters: failed to handle the request", error.message)
    end

    # Gems must be chosen before any of them is loaded, and this process has loaded some already.
    def continue_with_gems(rest)
      file = File.open(File.join(@folder, ".meringue-resume"), "w+")
      File.unlink(file)
      file.write(JSON.generate({ **rest, "environment" => @environment }))
      file.flush
      file.rewind
      environment = @environment.merge(Upload.bundle_environment(@folder), RESUME => "9")
      @lines.continue_as(environment, *command("-rbundler/setup"), 9 => file)
    end

    def resume(descriptor)
      rest = JSON.parse(IO.for_fd(Integer(descriptor)).read)
      @environment = rest.fetch("environment")
      start(rest)
    rescue InitFailed => error
      start_again(error)
    end

    def run(message)
      id = message["activation_id"]
      id = "-" unless id.is_a?(String) && !id.empty?
      return fail_with(500, id, NO_ACTION) unless @method

      message.each { |name, text| set_variable("__OW_#{name.upcase}", text) unless name == "value" }
      status, json = answer_of(message["value"] || {})
      @logs.output(json) unless status == 200
      @logs.end
      @lines.answer(status, id, json)
    end

    # Returns status and JSON text.
    def answer_of(value)
      result = @method.call(value)
      return [200, result.to_json(max_nesting: 0)] if result.is_a?(Hash) || result.is_a?(Array)

      @logs.error("Result must be an array but has type '#{result.class}': #{result}")
      [502, error_json(NO_DICTIONARY)]
    rescue *SYSTEM_ERRORS
      raise
    rescue Exception => error # rubocop:disable Lint/RescueException: an action that exits is no reason to end
      @logs.error(Upload.describe(error))
      [502, error_json(RUN_FAILED)]
    end

    # Answers a failed init, and becomes a launcher that has seen nothing yet: constants and methods can't be forgotten.
    def start_again(error)
      @logs.error(error.details) if error.details
      @logs.output(error_json(error.message))
      @logs.end
      Dir.chdir("/")
      Upload.remove(@folder)
      fail_with(500, "init", error.message)
      @lines.continue_as(@environment, *command)
    end

    def command(*options)
      [RbConfig.ruby, "-EUTF-8", *options, File.expand_path("../launcher.rb", __dir__)]
    end

    def fail_with(status, id, text)
      @lines.answer(status, id, error_json(text))
    end

    # What an action says need not be UTF-8, but JSON is.
    def error_json(text)
      JSON.generate({ "error" => text.dup.force_encoding(Encoding::UTF_8).scrub })
    end

    def set_variable(name, value)
      ENV[name] = value.is_a?(String) ? value : value.nil? ? "" : JSON.generate(value)
    end
  end
end
