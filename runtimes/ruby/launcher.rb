# frozen_string_literal: true

# Runs Ruby actions: the launcher protocol on descriptors 0 (lines in) and 3 (lines out). Standard library only.

require "json"
require "zlib"
require_relative "meringue_ruby/streams"
require_relative "meringue_ruby/archive"
require_relative "meringue_ruby/upload"
require_relative "meringue_ruby/launcher"

MeringueRuntime::Launcher.new.serve
