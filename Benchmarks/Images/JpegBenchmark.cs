using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MlTransfer.Datasets.Images.Jpeg;

namespace MlTransfer.Benchmarks.Images;

/// <summary>Decoding of photos in memory, one thread, against libjpeg-turbo in the same process; rounds alternate.</summary>
internal sealed class JpegBenchmark : IBenchmark
{
    public string Name => "jpeg";

    public string Description => "JPEG decoding against libturbojpeg, one thread (--photos DIR, --rounds N, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var folder = Option(arguments, "--photos")
            ?? Path.Combine(Environment.GetEnvironmentVariable("MLTRANSFER_SHARED") ?? Path.Combine("..", "shared"), "flowers", "photos");
        var rounds = int.Parse(Option(arguments, "--rounds") ?? "7", CultureInfo.InvariantCulture);
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"There is no folder {folder}; name one that holds .jpg files with --photos DIR.");
            return 2;
        }

        var photos = Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        if (photos.Length == 0)
        {
            Console.Error.WriteLine($"{folder} holds no .jpg file.");
            return 2;
        }

        var sizes = photos.Select(photo => JpegDecoder.ReadInfo(photo)).ToArray();
        var megapixels = sizes.Sum(size => (double)size.Width * size.Height) / 1e6;
        using var peer = LibTurboJpeg.TryLoad();
        Console.WriteLine($"{photos.Length} photos, {megapixels:F1} megapixels, {rounds} rounds; median of a round's milliseconds a photo");
        Console.WriteLine("inverse DCT   this decoder   libjpeg-turbo   ratio");
        var results = new Dictionary<string, object?>();
        foreach (var dct in new[] { JpegDct.Fast, JpegDct.Accurate })
        {
            var own = new double[rounds];
            var other = new double[rounds];
            for (var round = -1; round < rounds; round++)
            {
                var ownTime = TimeOwn(photos, dct);
                var peerTime = peer is null ? double.NaN : TimePeer(peer, photos, sizes, dct);

                // The first round warms up.
                if (round >= 0)
                {
                    own[round] = ownTime;
                    other[round] = peerTime;
                }
            }

            double ownMedian = Median(own) / photos.Length, peerMedian = Median(other) / photos.Length;
            Console.WriteLine(peer is null
                ? $"{dct,-11}   {ownMedian,9:F3} ms   not installed"
                : $"{dct,-11}   {ownMedian,9:F3} ms   {peerMedian,10:F3} ms   {ownMedian / peerMedian,5:F2}");
            results[dct.ToString()] = new { own_ms = ownMedian, peer_ms = peer is null ? (double?)null : peerMedian };
        }

        if (arguments.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new { benchmark = Name, photos = photos.Length, megapixels, results }));
        }

        return 0;
    }

    private static double TimeOwn(byte[][] photos, JpegDct dct)
    {
        var options = new JpegDecodeOptions { Dct = dct };
        var clock = Stopwatch.StartNew();
        foreach (var photo in photos)
        {
            JpegDecoder.Decode(photo, options);
        }

        return clock.Elapsed.TotalMilliseconds;
    }

    private static double TimePeer(LibTurboJpeg peer, byte[][] photos, JpegInfo[] sizes, JpegDct dct)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < photos.Length; i++)
        {
            // A new array a photo, as the own decoder makes one.
            peer.Decode(photos[i], sizes[i].Width, sizes[i].Height, GC.AllocateUninitializedArray<byte>(sizes[i].Width * sizes[i].Height * 3), dct == JpegDct.Fast);
        }

        return clock.Elapsed.TotalMilliseconds;
    }

    private static string? Option(IReadOnlyList<string> arguments, string name)
    {
        for (var i = 0; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] == name)
            {
                return arguments[i + 1];
            }
        }

        return null;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
