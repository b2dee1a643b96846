namespace MlTransfer.Trainers;

/// <summary>Early stopping: the epoch of the lowest validation loss so far, whose parameters the model keeps.</summary>
internal sealed class BestEpoch(int patience, IMiniBatchModel model)
{
    private double _loss = double.PositiveInfinity;
    private int _waited;

    /// <summary>Its number, from 1; null before the first.</summary>
    public int? Number { get; private set; }

    /// <summary>Looks at an epoch; whether patience is at its end.</summary>
    public bool IsLast(int epoch, double loss)
    {
        if (Number is null || loss < _loss)
        {
            (_loss, Number, _waited) = (loss, epoch, 0);
            model.Keep();
            return false;
        }

        return ++_waited >= patience;
    }
}
