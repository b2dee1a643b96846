namespace MlTransfer.Trainers;

/// <summary>How <see cref="MiniBatchTrainer"/> draws the rows of a batch.</summary>
public enum BatchSampling
{
    /// <summary>With replacement: a class at random, then a row of it at random, so that each class comes equally often. As TensorFlow's retrain.py.</summary>
    ClassThenRow,

    /// <summary>One after the other in the order given, epoch after epoch; the last batch of an epoch may be smaller. As Keras with <c>shuffle=False</c>.</summary>
    InOrder,

    /// <summary>Every row once an epoch, in an order drawn anew for each; the last batch of an epoch may be smaller. As Keras by default.</summary>
    Shuffled,
}
