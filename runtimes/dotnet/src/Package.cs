using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;

namespace Meringue.Launcher
{
    /// <summary>A zip of assemblies from a stranger.</summary>
    internal static class Package
    {
        private const long TotalLimitBytes = 1L << 30;
        private const int BlockBytes = 65_536;

        /// <summary>Puts what a zip holds, given as base64, into a folder. A link becomes a plain file.</summary>
        /// <exception cref="Refusal">when it is none, an entry wants to leave the folder, or all are too large</exception>
        internal static void Unpack(JsonElement code, string folder)
        {
            try
            {
                using (var archive = new ZipArchive(new MemoryStream(Bytes(code)), ZipArchiveMode.Read))
                {
                    long left = TotalLimitBytes;
                    foreach (ZipArchiveEntry entry in archive.Entries) left -= Extract(entry, folder, left);
                }
            }
            catch (Exception error) when (error is FormatException || error is InvalidDataException)
            {
                Console.Error.WriteLine(error.Message);
                throw new Refusal("Unable to decompress package.");
            }
        }

        /// <summary>White space around base64 is common, and tolerated.</summary>
        private static byte[] Bytes(JsonElement code) =>
            code.TryGetBytesFromBase64(out byte[] bytes) ? bytes : Convert.FromBase64String(code.GetString());

        private static long Extract(ZipArchiveEntry entry, string folder, long limitBytes)
        {
            string name = entry.FullName.Replace('\\', '/'); // as tools on Windows write it
            if (name.StartsWith("/") || name.IndexOf('\0') >= 0 || name.Split('/').Contains(".."))
            {
                throw new InvalidDataException($"the entry {name} lies outside of the folder");
            }
            string place = Path.Combine(folder, name);
            Directory.CreateDirectory(name.EndsWith("/") ? place : Path.GetDirectoryName(place));
            if (name.EndsWith("/")) return 0;
            using (Stream from = entry.Open())
            using (Stream to = File.Create(place))
            {
                return Copy(from, to, limitBytes);
            }
        }

        private static long Copy(Stream from, Stream to, long limitBytes)
        {
            var block = new byte[BlockBytes];
            long total = 0;
            for (int count; (count = from.Read(block, 0, block.Length)) > 0;)
            {
                total += count;
                if (total > limitBytes) throw new InvalidDataException($"the archive holds more than {TotalLimitBytes} bytes");
                to.Write(block, 0, count);
            }
            return total;
        }
    }
}
