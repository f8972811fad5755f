using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Meringue.Launcher
{
    /// <summary>What this process was started with, below what .NET has classes for.</summary>
    internal static class Descriptors
    {
        private const int SetFlags = 2;
        private const int CloseOnExec = 1;

        /// <summary>A descriptor that programs which the action starts do not inherit.</summary>
        internal static Stream Open(int number, FileAccess access)
        {
            if (fcntl(number, SetFlags, CloseOnExec) != 0) throw new IOException($"descriptor {number} is not open");
            return new FileStream(new SafeFileHandle((IntPtr)number, ownsHandle: false), access, bufferSize: 1);
        }

        /// <summary>Ends the process at once.</summary>
        internal static void Exit(int code) => _exit(code);

        [DllImport("libc", SetLastError = true)]
        private static extern int fcntl(int descriptor, int command, int value);

        [DllImport("libc")]
        private static extern void _exit(int code);
    }
}
