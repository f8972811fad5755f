#!/bin/sh
# Makes action.zip: the action, its Gemfile, and the gem that this names, made of the sources that Debian has.
set -e
cd "$(dirname "$0")"
rm -rf sources vendor action.zip
mkdir -p sources vendor/cache
(cd sources && apt-get -qq -o APT::Sandbox::User=root download ruby-rouge && dpkg-deb -x ./*.deb .)
gems=$PWD/sources/usr/share/rubygems-integration/all
(cd "$gems"/gems/rouge-* && ruby -rrubygems/package -e '
  gem = Gem::Specification.load(Dir["../../specifications/rouge-*.gemspec"].first)
  gem.files = Dir["lib/**/*", "bin/*"]
  Gem::DefaultUserInteraction.use_ui(Gem::SilentUI.new) { Gem::Package.build(gem, true) }')
mv "$gems"/gems/rouge-*/rouge-*.gem vendor/cache/
zip -qr action.zip main.rb Gemfile vendor
rm -rf sources
