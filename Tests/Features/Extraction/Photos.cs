using MlTransfer.Datasets.Images;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Extraction;

/// <summary>Photos as a backbone's input.</summary>
internal static class Photos
{
    public static Tensor Prepare(Backbone backbone, IReadOnlyList<string> files)
    {
        var preprocessing = backbone.Preprocessing!;
        var pixels = new float[files.Count * preprocessing.OutputLength];
        for (var i = 0; i < files.Count; i++)
        {
            var photo = PhotoReader.Read(File.ReadAllBytes(files[i]), preprocessing.ReadOptions);
            preprocessing.Apply(photo, pixels.AsSpan(i * preprocessing.OutputLength, preprocessing.OutputLength));
        }

        return Tensor.From(new TensorShape(files.Count, preprocessing.Height, preprocessing.Width, 3), pixels);
    }
}
