#!/bin/sh
# build.sh JDK GSON FOLDER FLAG...: makes launcher.jar of the sources beside this file, and launcher.jsa, an archive of the classes that
# it loads when Java is started with these flags. For Java 8 or newer; before version 13, which can't easily have one, it is empty.
set -e
jdk=$1 gson=$2 sources=$(cd "$(dirname "$0")" && pwd)/src/meringue/launcher
cd "$3"
shift 3

# One jar, Gson in it: an archive of classes then needs one path. Packages open fastest by the manifest of a program.
quick='-J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1'
mkdir classes
(cd classes && "$jdk/bin/jar" $quick -xf "$gson" com/google/gson)
"$jdk/bin/javac" $quick -nowarn -proc:none -g:source,lines -encoding UTF-8 -cp classes -d classes "$sources"/*.java
printf 'Main-Class: meringue.launcher.Launcher\nAdd-Opens: java.base/java.util java.base/java.io\n' >manifest
"$jdk/bin/jar" $quick -cfm launcher.jar manifest -C classes .
rm -r classes manifest

# The archive tells where its jar is, which differs inside a sandbox: a descriptor is the same everywhere.
JAVA_VERSION=1.8 # Debian's 8 does not tell
[ ! -e "$jdk/release" ] || . "$jdk/release"
if [ "${JAVA_VERSION%%[!0-9]*}" -ge 13 ]; then
  set -- "$@" -XX:ArchiveClassesAtExit=launcher.jsa -jar /proc/self/fd/7 warm-up
  "$jdk/bin/java" "$@" 4</dev/null 3>/dev/null 7<launcher.jar
fi
[ -e launcher.jsa ] || : >launcher.jsa
