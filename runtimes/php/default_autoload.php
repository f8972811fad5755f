<?php

/*
 * For actions that bring no folder `vendor`: the libraries that upstream's images have, where the distribution's packages
 * have put them. As with Composer's own, their functions are there at once and their classes when they are used.
 */

foreach (['GuzzleHttp', 'Ramsey/Uuid'] as $library) {
    if (is_file("/usr/share/php/$library/autoload.php")) {
        require_once "/usr/share/php/$library/autoload.php";
    }
}
unset($library);
