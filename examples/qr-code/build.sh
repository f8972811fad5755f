#!/bin/sh
# Makes action.zip: the action and the folder `vendor`, which Composer makes of the sources that Debian has.
set -e
cd "$(dirname "$0")"
rm -rf sources vendor action.zip
mkdir sources
(cd sources && apt-get -qq -o APT::Sandbox::User=root download php-bacon-qr-code php-dasprid-enum)
for package in sources/*.deb; do dpkg-deb -x "$package" sources; done
COMPOSER_ALLOW_SUPERUSER=1 composer install --quiet --no-interaction --no-dev --optimize-autoloader
zip -qr action.zip index.php vendor
rm -rf sources
