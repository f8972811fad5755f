<?php

declare(strict_types=1);

namespace MeringueRuntime;

/** The upload can't become an action, for a reason that its author should read. */
final class BuildFailed extends \RuntimeException
{
}

/**
 * Archives from strangers: nothing is written outside the folder, and nothing larger than it says it is.
 * Both kinds of archive are read here since not every PHP has an extension for them.
 */
final class Archive
{
    private const TOTAL_LIMIT_BYTES = 1024 ** 3;
    private const BLOCK_BYTES = 512;
    private const STORED = 0;
    private const DEFLATED = 8;

    /**
     * Unpacks a zip or a gzipped tar into a folder.
     * @throws BuildFailed when it is broken or wants to leave the folder
     */
    public static function unpack(string $data, string $folder): void
    {
        $links = [];
        $entries = str_starts_with($data, 'PK') ? self::zipEntries($data) : self::tarEntries($data);
        foreach ($entries as [$kind, $name, $mode, $content]) {
            $inside = self::inside($name);
            if ($kind === 'link' || $kind === 'copy') {
                $links[] = [$kind, $inside, $content];
            } elseif ($kind === 'folder') {
                self::makeFolder("$folder/$inside");
            } else {
                self::makeFolder(dirname("$folder/$inside"));
                if (@file_put_contents("$folder/$inside", $content) !== strlen($content)) {
                    throw new BuildFailed("The file $name could not be written.");
                }
                chmod("$folder/$inside", (($mode & 0777) ?: 0644) | 0600);
            }
        }
        // Links come last, so that no file is ever written through one.
        foreach ($links as [$kind, $name, $target]) {
            self::makeFolder(dirname("$folder/$name"));
            if ($kind === 'copy') {
                copy("$folder/" . self::inside($target), "$folder/$name");
            } else {
                symlink(self::targetInside($name, $target), "$folder/$name");
            }
        }
    }

    /** @return iterable<array{string, string, int, string}> kind, name, mode and content or target */
    private static function zipEntries(string $data): iterable
    {
        $broken = fn (string $why) => new BuildFailed("The zip archive cannot be read: $why.");
        $end = strrpos($data, "PK\x05\x06");
        if ($end === false || strlen($data) < $end + 22) {
            throw $broken('it has no end');
        }
        ['count' => $count, 'start' => $at] = unpack('x10/vcount/x4/Vstart', $data, $end);
        $total = 0;
        for (; $count > 0; $count--) {
            if (substr($data, $at, 4) !== "PK\x01\x02" || strlen($data) < $at + 46) {
                throw $broken('its directory is damaged');
            }
            $entry = unpack(
                'x8/vflags/vmethod/x4/Vcrc/Vpacked/Vsize/vname/vextra/vcomment/x4/Vattributes/Vplace',
                $data,
                $at,
            );
            $name = substr($data, $at + 46, $entry['name']);
            $at += 46 + $entry['name'] + $entry['extra'] + $entry['comment'];
            $total = self::within($total + $entry['size']);
            $mode = $entry['attributes'] >> 16;
            if (str_ends_with($name, '/')) {
                yield ['folder', $name, $mode, ''];
                continue;
            }
            $content = self::zipContent($data, $entry) ?? throw $broken("the entry $name is damaged");
            yield [($mode & 0170000) === 0120000 ? 'link' : 'file', $name, $mode, $content];
        }
    }

    /** @param array<string, int> $entry */
    private static function zipContent(string $data, array $entry): ?string
    {
        if (substr($data, $entry['place'], 4) !== "PK\x03\x04" || strlen($data) < $entry['place'] + 30) {
            return null;
        }
        ['name' => $name, 'extra' => $extra] = unpack('x26/vname/vextra', $data, $entry['place']);
        $packed = substr($data, $entry['place'] + 30 + $name + $extra, $entry['packed']);
        $content = match (($entry['flags'] & 1) === 1 ? 'encrypted' : $entry['method']) {
            self::STORED => $packed,
            self::DEFLATED => $entry['size'] === 0 ? '' : @gzinflate($packed, $entry['size']),
            default => false,
        };
        $isWhole = $content !== false && strlen($content) === $entry['size'] && crc32($content) === $entry['crc'];
        return $isWhole ? $content : null;
    }

    /** @return iterable<array{string, string, int, string}> kind, name, mode and content or target */
    private static function tarEntries(string $packed): iterable
    {
        $broken = fn (string $why) => new BuildFailed("The tar.gz archive cannot be read: $why.");
        $data = @gzdecode($packed, self::TOTAL_LIMIT_BYTES);
        if ($data === false) {
            throw $broken('it does not unzip');
        }
        $longName = $longLink = $paxPath = $paxLink = null;
        for ($at = 0; $at + self::BLOCK_BYTES <= strlen($data); ) {
            if ($data[$at] === "\0") {
                return;
            }
            $header = unpack('a100name/a8mode/x16/a12size/x20/a1type/a100link/a6magic/x82/a155prefix', $data, $at);
            $size = octdec(trim($header['size'], " \0"));
            $content = substr($data, $at + self::BLOCK_BYTES, $size);
            if (strlen($content) !== $size) {
                throw $broken('it ends too early');
            }
            $at += self::BLOCK_BYTES * (1 + intdiv($size + self::BLOCK_BYTES - 1, self::BLOCK_BYTES));
            $text = fn (string $field) => rtrim(explode("\0", $field, 2)[0]);
            switch ($header['type']) {
                case 'L':
                    $longName = $text($content);
                    continue 2;
                case 'K':
                    $longLink = $text($content);
                    continue 2;
                case 'x':
                    $paxPath = preg_match('/^\d+ path=(.*)$/m', $content, $found) ? $found[1] : null;
                    $paxLink = preg_match('/^\d+ linkpath=(.*)$/m', $content, $found) ? $found[1] : null;
                    continue 2;
            }
            $prefix = str_starts_with($header['magic'], "ustar\0") ? $text($header['prefix']) : '';
            $name = $paxPath ?? $longName ?? ($prefix === '' ? '' : "$prefix/") . $text($header['name']);
            $target = $paxLink ?? $longLink ?? $text($header['link']);
            $longName = $longLink = $paxPath = $paxLink = null;
            $mode = (int) octdec(trim($header['mode'], " \0"));
            $entry = match ($header['type']) {
                '0', "\0", '', '7' => ['file', $name, $mode, $content],
                '1' => ['copy', $name, $mode, $target],
                '2' => ['link', $name, $mode, $target],
                '5' => ['folder', $name, $mode, ''],
                default => null, // devices, pipes, notes of the archiver
            };
            if ($entry !== null) {
                yield $entry;
            }
        }
    }

    private static function within(int $totalBytes): int
    {
        if ($totalBytes > self::TOTAL_LIMIT_BYTES) {
            throw new BuildFailed('The archive holds more than ' . self::TOTAL_LIMIT_BYTES . ' bytes.');
        }
        return $totalBytes;
    }

    /** The same name without empty steps. @throws BuildFailed when it names a place elsewhere */
    private static function inside(string $name): string
    {
        $steps = array_filter(explode('/', $name), fn (string $step) => $step !== '' && $step !== '.');
        if (str_starts_with($name, '/') || str_contains($name, "\0") || in_array('..', $steps, true)) {
            throw new BuildFailed("The entry $name lies outside of the folder.");
        }
        return implode('/', $steps);
    }

    /** With all `..` in front, and the link in a real folder, what a target names can be told without looking. */
    private static function targetInside(string $name, string $target): string
    {
        $steps = array_values(array_filter(explode('/', $target), fn (string $step) => $step !== '' && $step !== '.'));
        $ups = count(array_keys($steps, '..', true));
        $leads = array_slice($steps, 0, $ups) === array_fill(0, $ups, '..');
        if (str_starts_with($target, '/') || $ups > substr_count($name, '/') || !$leads) {
            throw new BuildFailed("The link $name leads out of the folder.");
        }
        return $target;
    }

    private static function makeFolder(string $path): void
    {
        if (!is_dir($path) && !@mkdir($path, 0755, true)) {
            throw new BuildFailed('The folder ' . basename($path) . ' could not be made.');
        }
    }
}
