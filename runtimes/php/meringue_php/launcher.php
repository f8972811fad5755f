<?php

declare(strict_types=1);

namespace MeringueRuntime;

/** One action: initialised once, then run, one run at a time. */
final class Launcher
{
    private const NO_CODE = 'Missing main/no code to execute.';
    private const TWICE = 'Cannot initialize the action more than once.';
    private const NOT_BUILT = 'The action failed to generate or locate a binary. See logs for details.';
    private const NOT_STARTED = 'Cannot start action. Check logs for details.';
    private const EXITED = 'Command exited abruptly during initialization.';
    private const NO_ACTION = 'no action defined yet';
    private const NO_DICTIONARY = 'The action did not return a dictionary or array.';
    private const RUN_FAILED = 'An error occurred running the action.';
    private const FATAL = [E_ERROR, E_CORE_ERROR, E_COMPILE_ERROR, E_USER_ERROR, E_PARSE];
    private const JSON = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;
    private const DEPTH = 4096;

    private static Lines $lines;
    private static Logs $logs;
    private static string $folder;
    private static int $process;
    private static string $main = 'main';
    /** @var array<string, string> of the process, as it was started */
    private static array $environment;
    /** What the action's code is doing, should it end the process. */
    private static ?string $doing = null;

    /** Waits for an action, and puts it in its folder. */
    public static function begin(): void
    {
        self::$environment = getenv();
        self::$process = getmypid();
        self::$lines = new Lines();
        self::$logs = new Logs(self::$lines, getenv('MERINGUE_SENTINELS') !== 'off');
        $folder = getenv('MERINGUE_ACTION_DIR') ?: 'action';
        self::$folder = $folder[0] === '/' ? $folder : getcwd() . "/$folder";
        foreach (['MERINGUE_SENTINELS', 'MERINGUE_ACTION_DIR'] as $name) {
            putenv($name);
            unset($_ENV[$name], $_SERVER[$name]);
        }
        register_shutdown_function(fn () => register_shutdown_function(self::ended(...)));
        while (!self::accept(self::nextMessage())) {
        }
    }

    /** What loads the libraries of the action. */
    public static function autoload(): string
    {
        return is_dir('vendor') ? './vendor/autoload.php' : dirname(__DIR__) . '/default_autoload.php';
    }

    /** Its code was loaded. @throws \Error when it lacks the function */
    public static function loaded(): void
    {
        if (!is_callable(self::$main)) {
            throw new \Error('Call to undefined function ' . self::$main . '()');
        }
        self::$doing = null;
        self::$lines->answer(200, 'init', '{"ok":true}');
    }

    /** Answers an init whose code failed to load. */
    public static function refuse(\Throwable $error): never
    {
        $isSyntax = $error instanceof \ParseError;
        $place = "{$error->getMessage()} in {$error->getFile()} on line {$error->getLine()}";
        self::$logs->error($isSyntax ? "PHP Parse error:  $place" : "PHP Fatal error:  Uncaught $error");
        self::startAgain(self::NOT_STARTED);
    }

    public static function serve(): never
    {
        while (true) {
            $message = self::nextMessage();
            if (array_key_exists('init', $message)) {
                self::$logs->error(self::TWICE);
                self::fail(403, 'init', self::TWICE);
            } else {
                self::run($message);
            }
        }
    }

    /** @param array<string, mixed> $message @return bool whether there is an action now */
    private static function accept(array $message): bool
    {
        if (!array_key_exists('init', $message)) {
            self::fail(500, self::idOf($message), self::NO_ACTION);
            return false;
        }
        $value = $message['init'];
        if (!is_array($value) || !is_string($value['code'] ?? null) || $value['code'] === '') {
            self::fail(403, 'init', self::NO_CODE);
            return false;
        }
        self::$main = ($value['main'] ?? '') === '' ? 'main' : (string) $value['main'];
        try {
            foreach ($value['env'] ?? [] as $name => $text) {
                self::setVariable((string) $name, $text);
            }
            Upload::place($value, self::$folder);
            self::$logs->begin();
        } catch (BuildFailed | \ValueError $error) {
            self::$logs->begin();
            self::$logs->error($error->getMessage());
            self::startAgain(self::NOT_BUILT);
        }
        self::$doing = 'init';
        return true;
    }

    /** @param array<string, mixed> $message */
    private static function run(array $message): void
    {
        $id = self::idOf($message);
        foreach ($message as $name => $text) {
            if ($name !== 'value') {
                self::setVariable('__OW_' . strtoupper((string) $name), $text);
            }
        }
        $value = is_array($message['value'] ?? null) ? $message['value'] : [];
        self::$doing = $id;
        try {
            $json = self::toJson((self::$main)($value));
        } catch (\Throwable $error) {
            self::$logs->error((string) $error);
            $json = null;
        }
        self::$doing = null;
        self::$logs->end();
        if ($json === null) {
            self::fail(502, $id, self::NO_DICTIONARY);
        } else {
            self::$lines->answer(200, $id, $json);
        }
        self::$logs->begin();
    }

    /**
     * An array becomes an object whatever its keys are.
     * @return ?string null when it is nothing that can be returned
     */
    private static function toJson(mixed $result): ?string
    {
        if (is_object($result) && method_exists($result, 'getArrayCopy')) {
            $result = $result->getArrayCopy();
        } elseif ($result instanceof \stdClass) {
            $result = (array) $result;
        }
        $result ??= [];
        if (is_array($result)) {
            return json_encode((object) $result, self::JSON | JSON_THROW_ON_ERROR, self::DEPTH);
        }
        $shown = is_scalar($result) || $result instanceof \Stringable ? (string) $result : get_debug_type($result);
        self::$logs->error('Result must be an array but has type "' . gettype($result) . '": ' . $shown);
        self::$logs->output(self::NO_DICTIONARY);
        return null;
    }

    /** The process ends: by exit, or because of an error that can't be caught. */
    private static function ended(): void
    {
        if (self::$doing === null || getmypid() !== self::$process) {
            return; // nobody waits for an answer, or not for one of a process that the action has forked
        }
        $isFatal = in_array(error_get_last()['type'] ?? null, self::FATAL, true);
        if (self::$doing === 'init') {
            self::$logs->error(self::EXITED);
            self::startAgain(self::NOT_STARTED);
        } elseif ($isFatal) {
            self::$logs->error(self::RUN_FAILED);
            self::$logs->end();
            self::fail(502, self::$doing, self::NO_DICTIONARY);
        }
    }

    /** Answers a failed init, and forgets all about it. */
    private static function startAgain(string $text): never
    {
        self::$logs->end();
        chdir('/');
        Upload::remove(self::$folder);
        self::fail(502, 'init', $text);
        self::$lines->restart(self::$environment);
    }

    /** @return array<string, mixed> */
    private static function nextMessage(): array
    {
        while (true) {
            $message = json_decode(self::$lines->next(), true, self::DEPTH);
            if (json_last_error() === JSON_ERROR_NONE) {
                return is_array($message) ? $message : [];
            }
            self::fail(400, '-', 'Error unmarshaling request: ' . json_last_error_msg());
        }
    }

    private static function fail(int $status, string $id, string $text): void
    {
        self::$lines->answer($status, $id, (string) json_encode(['error' => $text], self::JSON));
    }

    /** @param array<string, mixed> $message */
    private static function idOf(array $message): string
    {
        $id = $message['activation_id'] ?? '';
        return is_string($id) && $id !== '' ? $id : '-';
    }

    private static function setVariable(string $name, mixed $value): void
    {
        $text = is_string($value) ? $value : ($value === null ? '' : (string) json_encode($value, self::JSON));
        putenv("$name=$text");
        $_ENV[$name] = $text;
    }
}
