<?php

declare(strict_types=1);

namespace MeringueRuntime;

/** stdout and stderr of the action, whose activations end with a line of their own on both. */
final class Logs
{
    private const SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";
    private const FILTER = 'meringue.log';
    private const SOCKET = 0140000;

    /** @var array<int, string> by descriptor, the last byte that was seen to be written to it */
    private array $last = [1 => "\n", 2 => "\n"];
    /** What the process has written, less what is known of; null when the system does not tell. */
    private ?int $unseenBefore = null;
    private int $seenBytes = 0;

    /**
     * @param bool $marked whether the ends of activations are to be marked; else nothing has to be known of the output
     */
    public function __construct(private Lines $lines, private bool $marked)
    {
        if (!$marked) {
            return;
        }
        ob_start(fn (string $text) => $this->see(1, $text), 1);
        stream_filter_register(self::FILTER, LogFilter::class);
        foreach ([1 => STDOUT, 2 => STDERR] as $descriptor => $stream) {
            // PHP sends to sockets, and what is sent does not count as written.
            $counts = (fstat($stream)['mode'] & 0170000) !== self::SOCKET;
            $see = fn (string $text) => $this->see($descriptor, $text, $counts);
            stream_filter_append($stream, self::FILTER, STREAM_FILTER_WRITE, $see);
        }
        $this->begin();
    }

    public function error(string $text): void
    {
        $this->lines->write(2, $text . "\n");
        $this->last[2] = "\n";
    }

    public function output(string $text): void
    {
        echo $text, "\n";
    }

    /** Ends the log of one activation: what the action holds back in buffers belongs to it. */
    public function end(): void
    {
        $own = $this->marked ? 1 : 0;
        while (ob_get_level() > $own && @ob_end_flush()) {
        }
        if (!$this->marked) {
            return;
        }
        if (ob_get_level() > 0) {
            ob_flush();
        }
        // Written past us, through `php://stderr` for instance: whether that ended a line is not to be known.
        $isKnown = $this->unseenBefore !== null && $this->unseenBytes() === $this->unseenBefore;
        foreach ($this->last as $descriptor => $byte) {
            $this->lines->write($descriptor, $isKnown && $byte === "\n" ? self::SENTINEL : "\n" . self::SENTINEL);
        }
        $this->last = [1 => "\n", 2 => "\n"];
    }

    /** From here on output belongs to the next activation, and whatever else was written does not matter. */
    public function begin(): void
    {
        $this->unseenBefore = $this->marked ? $this->unseenBytes() : null;
    }

    private function see(int $descriptor, string $text, bool $counts = true): string
    {
        if ($text !== '') {
            $this->last[$descriptor] = $text[-1];
            $this->seenBytes += $counts ? strlen($text) : 0;
        }
        return $text;
    }

    private function unseenBytes(): ?int
    {
        $counts = @file_get_contents('/proc/self/io');
        $isTold = is_string($counts) && preg_match('/^wchar: (\d+)/m', $counts, $found);
        return $isTold ? (int) $found[1] - $this->seenBytes - $this->lines->writtenBytes : null;
    }
}

/** Shows what passes through a stream to the function that it is made with. */
final class LogFilter extends \php_user_filter
{
    public function filter($in, $out, &$consumed, bool $closing): int
    {
        while ($bucket = stream_bucket_make_writeable($in)) {
            ($this->params)($bucket->data);
            $consumed += $bucket->datalen;
            stream_bucket_append($out, $bucket);
        }
        return PSFS_PASS_ON;
    }
}
