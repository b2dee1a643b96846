namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>The layouts in which other programs keep bottleneck features.</summary>
public enum BottleneckFormat
{
    /// <summary>A Python pickle of <c>features</c> and <c>labels</c>.</summary>
    Pickle,

    /// <summary>One NumPy array of features, with its labels in a file of their own.</summary>
    Npy,

    /// <summary>A NumPy archive of features, labels and, maybe, paths and splits.</summary>
    Npz,

    /// <summary>A table of numbers as text, with a column of labels.</summary>
    Csv,

    /// <summary>ML.NET's pair NAME_features.bin and NAME_labels.bin.</summary>
    MlNet,

    /// <summary>retrain.py's folder: one text file an image, in one folder a class.</summary>
    RetrainFolder,

    /// <summary>Records of tf.train.Example with a list of floats each.</summary>
    TfRecord,
}
