using System.Runtime.InteropServices;

namespace MlTransfer.Benchmarks.Images;

/// <summary>The TurboJPEG 2 interface of an installed libturbojpeg, the peer that decoding is measured against.</summary>
internal sealed unsafe class LibTurboJpeg : IDisposable
{
    private const int PixelFormatRgb = 0;
    private const int FastDct = 2048;
    private const int AccurateDct = 4096;

    private static readonly string[] Names = ["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.dylib", "turbojpeg.dll"];

    private readonly nint _handle;
    private readonly delegate* unmanaged<nint, byte*, ulong, byte*, int, int, int, int, int, int> _decompress;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private LibTurboJpeg(nint library)
    {
        _decompress = (delegate* unmanaged<nint, byte*, ulong, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        _handle = ((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress"))();
    }

    /// <summary>Loads it; null when it is not installed.</summary>
    public static LibTurboJpeg? TryLoad()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new LibTurboJpeg(library);
            }
        }

        return null;
    }

    /// <summary>Decodes to RGB with interpolated chroma.</summary>
    public void Decode(byte[] file, int width, int height, byte[] output, bool isFast)
    {
        fixed (byte* source = file, target = output)
        {
            var result = _decompress(_handle, source, (ulong)file.Length, target, width, 0, height, PixelFormatRgb, isFast ? FastDct : AccurateDct);
            if (result != 0)
            {
                throw new InvalidOperationException("libturbojpeg could not decode a file.");
            }
        }
    }

    public void Dispose() => _destroy(_handle);
}
