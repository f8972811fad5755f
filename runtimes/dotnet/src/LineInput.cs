using System;
using System.IO;

namespace Meringue.Launcher
{
    /// <summary>Lines of bytes, each valid until the next is asked for. One may hold an archive of many megabytes.</summary>
    internal sealed class LineInput
    {
        private const int InitialBytes = 65_536;
        private const byte LineFeed = (byte)'\n';

        private readonly Stream input;
        private byte[] buffer = new byte[InitialBytes];
        private int start;
        private int end;

        internal LineInput(Stream input) => this.input = input;

        /// <summary>Null at the end of the input. A last line without its end is dropped.</summary>
        internal ReadOnlyMemory<byte>? Next()
        {
            Shrink();
            for (int searched = start; ;)
            {
                int found = Array.IndexOf(buffer, LineFeed, searched, end - searched);
                if (found >= 0)
                {
                    var line = new ReadOnlyMemory<byte>(buffer, start, found - start);
                    start = found + 1;
                    return line;
                }
                int known = end - start;
                if (!Fill()) return null;
                searched = start + known;
            }
        }

        private bool Fill()
        {
            if (start > 0)
            {
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                end -= start;
                start = 0;
            }
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            int count = input.Read(buffer, end, buffer.Length - end);
            end += count;
            return count > 0;
        }

        /// <summary>Room for an archive is not needed again once it was read.</summary>
        private void Shrink()
        {
            if (start == end) start = end = 0;
            if (end == 0 && buffer.Length > InitialBytes) buffer = new byte[InitialBytes];
        }
    }
}
