namespace MlTransfer.Trainers;

/// <summary>What the weights of a layer are before the first step of mini-batch training; the bias is zero.</summary>
public enum WeightInitialization
{
    /// <summary>Normal distribution of deviation 0.001, cut at two deviations, as TensorFlow's retrain.py.</summary>
    SmallNormal,

    /// <summary>Uniform between ±√(6 / (features + classes)), as Keras' Dense layer (Glorot, Bengio, 2010).</summary>
    GlorotUniform,
}
