#!/bin/sh
# How an image starts: the first argument is the language's module. With `-compile MAIN` behind it, source that comes on
# stdin is built and goes out as an archive; else the proxy stands in front of the launcher.
language=$1
shift
node="/runtime/bin/node --max-semi-space-size=1"
if [ "$1" = -compile ]; then
  exec $node /runtime/actionloop/launcher.cjs "$language" "$@"
fi
# Node cannot duplicate descriptors itself: it gets its input as 4, so that actions do not find it as 0.
exec /runtime/bin/proxy -when-gone=command-exited -action-dir=/action "$@" -- \
  /bin/sh -c 'exec "$0" "$@" 4<&0 </dev/null' $node /runtime/actionloop/launcher.cjs "$language" --input-fd=4
