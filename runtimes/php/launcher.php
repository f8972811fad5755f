<?php

/*
 * Runs PHP actions: the launcher protocol on descriptors 0 (lines in) and 3 (lines out).
 *
 * Only what must be done at the outermost level is done here: an action's file is loaded where variables are globals.
 * There are none of ours.
 */

declare(strict_types=1);

require __DIR__ . '/meringue_php/lines.php';
require __DIR__ . '/meringue_php/logs.php';
require __DIR__ . '/meringue_php/archive.php';
require __DIR__ . '/meringue_php/upload.php';
require __DIR__ . '/meringue_php/launcher.php';

MeringueRuntime\Launcher::begin();
try {
    require MeringueRuntime\Launcher::autoload();
    require MeringueRuntime\Upload::MAIN_FILE;
    MeringueRuntime\Launcher::loaded();
} catch (Throwable $meringueError) {
    MeringueRuntime\Launcher::refuse($meringueError);
}
MeringueRuntime\Launcher::serve();
