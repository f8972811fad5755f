<?php

declare(strict_types=1);

namespace MeringueRuntime;

/** From what was uploaded to files in a folder. */
final class Upload
{
    /** Where the action begins, seen from its folder. */
    public const MAIN_FILE = './index.php';

    /**
     * Puts the upload into a folder, which becomes the working directory.
     * @param array<string, mixed> $value of an init line
     * @throws BuildFailed
     */
    public static function place(array $value, string $folder): void
    {
        if (!is_dir($folder) && !@mkdir($folder, 0755, true)) {
            throw new BuildFailed("The folder $folder could not be made.");
        }
        chdir($folder);
        $code = $value['code'];
        if (($value['binary'] ?? false) === true) {
            $code = base64_decode(trim($code), true);
            if ($code === false) {
                throw new BuildFailed('The code is not base64.');
            }
            if (str_starts_with($code, 'PK') || str_starts_with($code, "\x1f\x8b")) {
                Archive::unpack($code, $folder);
                if (!is_file(self::MAIN_FILE)) {
                    throw new BuildFailed('Zip file does not include index.php at the root.');
                }
                return;
            }
        }
        if (file_put_contents(self::MAIN_FILE, $code) !== strlen($code)) {
            throw new BuildFailed('The code could not be written.');
        }
    }

    /** Removes what {@see place} made, but for the folder itself. */
    public static function remove(string $folder): void
    {
        foreach (array_diff(@scandir($folder) ?: [], ['.', '..']) as $name) {
            $path = "$folder/$name";
            if (is_dir($path) && !is_link($path)) {
                self::remove($path);
                rmdir($path);
            } else {
                unlink($path);
            }
        }
    }
}
