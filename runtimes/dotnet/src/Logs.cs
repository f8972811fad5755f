using System;
using System.IO;
using System.Text;

namespace Meringue.Launcher
{
    /// <summary>stdout and stderr of the action. What is printed leaves at once, so that it survives a kill.</summary>
    internal sealed class Logs
    {
        private const string Sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

        private readonly bool sentinels;
        private readonly Log output = new Log(Console.OpenStandardOutput());
        private readonly Log errors = new Log(Console.OpenStandardError());

        /// <summary>Makes them what actions print to.</summary>
        /// <param name="sentinels">whether the end of an activation is marked</param>
        internal Logs(bool sentinels)
        {
            this.sentinels = sentinels;
            Console.SetOut(output.Writer());
            Console.SetError(errors.Writer());
        }

        /// <summary>Ends the logs of one activation, on a line of their own.</summary>
        internal void End()
        {
            Console.Out.Flush(); // the action may have put others in their places
            Console.Error.Flush();
            output.End(sentinels);
            errors.End(sentinels);
        }

        private sealed class Log : Stream
        {
            private readonly Stream target;
            private bool atLineStart = true;

            internal Log(Stream target) => this.target = target;

            public override bool CanRead => false;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => throw new NotSupportedException();
            public override long Position
            {
                get => throw new NotSupportedException();
                set => throw new NotSupportedException();
            }

            internal StreamWriter Writer() =>
                new StreamWriter(this, new UTF8Encoding(false), bufferSize: 1024, leaveOpen: true) { AutoFlush = true };

            internal void End(bool marked)
            {
                byte[] bytes = Encoding.ASCII.GetBytes((atLineStart ? "" : "\n") + Sentinel);
                if (marked) target.Write(bytes, 0, bytes.Length);
                atLineStart = true;
            }

            public override void Write(byte[] bytes, int offset, int count)
            {
                if (count == 0) return;
                target.Write(bytes, offset, count);
                atLineStart = bytes[offset + count - 1] == '\n';
            }

            public override void Flush() => target.Flush();
            public override int Read(byte[] bytes, int offset, int count) => throw new NotSupportedException();
            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
            public override void SetLength(long value) => throw new NotSupportedException();
        }
    }
}
