<?php

declare(strict_types=1);

namespace MeringueRuntime;

/**
 * The lines that come in and the answers that go out, on descriptors of their own: what an action reads or starts finds
 * an empty input, and no descriptor 3.
 *
 * PHP can neither close a descriptor nor keep one from the programs it starts, so this calls the C library.
 */
final class Lines
{
    private const READ_BYTES = 65536;
    private const DUPLICATE_CLOSED_ON_EXEC = 1030; // F_DUPFD_CLOEXEC
    private const INTERRUPTED = 4; // EINTR
    private const C = '
        int fcntl(int descriptor, int command, int from);
        int dup2(int from, int to);
        int close(int descriptor);
        int open(const char *path, int flags);
        ssize_t read(int descriptor, void *buffer, size_t count);
        ssize_t write(int descriptor, const char *bytes, size_t count);
        int *__errno_location(void);
        void _exit(int code);
    ';

    /** What was written by {@see write} so far. */
    public int $writtenBytes = 0;
    private \FFI $c;
    private \FFI\CData $chunk;
    private int $in;
    private int $out;
    private string $read = '';

    public function __construct()
    {
        $this->c = \FFI::cdef(self::C);
        $this->chunk = $this->c->new('char[' . self::READ_BYTES . ']');
        $this->in = $this->c->fcntl(0, self::DUPLICATE_CLOSED_ON_EXEC, 10);
        $this->out = $this->c->fcntl(3, self::DUPLICATE_CLOSED_ON_EXEC, 10);
        $this->c->close(3);
        $nothing = $this->c->open('/dev/null', 0);
        $this->c->dup2($nothing, 0);
        $this->c->close($nothing);
    }

    /** Returns the next line, without its end. At the end of the input the process ends at once. */
    public function next(): string
    {
        $from = 0;
        while (($end = strpos($this->read, "\n", $from)) === false) {
            $from = strlen($this->read);
            $count = $this->c->read($this->in, $this->chunk, self::READ_BYTES);
            if ($count > 0) {
                $this->read .= \FFI::string($this->chunk, $count);
            } elseif ($count === 0 || $this->c->__errno_location()[0] !== self::INTERRUPTED) {
                $this->c->_exit(0); // without an action's destructors and shutdown functions
            }
        }
        $line = substr($this->read, 0, $end);
        $this->read = substr($this->read, $end + 1);
        return $line;
    }

    public function answer(int $status, string $id, string $json): void
    {
        $this->write($this->out, "$status $id $json\n");
    }

    /** Writes all of it, or as much as whoever reads it wants. */
    public function write(int $descriptor, string $bytes): void
    {
        while ($bytes !== '') {
            $count = $this->c->write($descriptor, $bytes, strlen($bytes));
            if ($count > 0) {
                $this->writtenBytes += $count;
                $bytes = substr($bytes, $count);
            } elseif ($this->c->__errno_location()[0] !== self::INTERRUPTED) {
                return;
            }
        }
    }

    /**
     * Becomes a launcher that has seen nothing yet. Functions and classes can't be forgotten in any other way.
     * @param array<string, string> $environment
     */
    public function restart(array $environment): never
    {
        $this->c->dup2($this->in, 0);
        $this->c->dup2($this->out, 3);
        $arguments = explode("\0", rtrim((string) file_get_contents('/proc/self/cmdline'), "\0"));
        pcntl_exec(PHP_BINARY, array_slice($arguments, 1), $environment);
        $this->c->_exit(1); // it could not
    }
}
