namespace MlTransfer.Trainers;

/// <summary>Early stopping: the epoch of the lowest validation loss so far, and its parameters.</summary>
internal sealed class BestEpoch(int patience)
{
    private double[] _parameters = [];
    private double _loss = double.PositiveInfinity;
    private int _waited;

    /// <summary>Its number, from 1; null before the first.</summary>
    public int? Number { get; private set; }

    /// <summary>Looks at an epoch; whether patience is at its end.</summary>
    public bool IsLast(int epoch, double loss, double[] parameters)
    {
        if (Number is null || loss < _loss)
        {
            (_loss, Number, _waited) = (loss, epoch, 0);
            _parameters = [.. parameters];
            return false;
        }

        return ++_waited >= patience;
    }

    /// <summary>Copies the best epoch's parameters back; leaves them where there was no epoch.</summary>
    public void Restore(double[] parameters) => _parameters.CopyTo(parameters, 0);
}
