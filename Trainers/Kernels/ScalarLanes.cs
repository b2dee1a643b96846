namespace MlTransfer.Trainers.Kernels;

/// <summary>One number: the reference that the vector widths are tested against.</summary>
internal readonly unsafe struct ScalarLanes(float value) : ILanes<ScalarLanes>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static ScalarLanes Load(float* source) => new(*source);

    public static ScalarLanes Broadcast(float value) => new(value);

    public static ScalarLanes MultiplyAdd(ScalarLanes a, ScalarLanes b, ScalarLanes c) => new(MathF.FusedMultiplyAdd(a._value, b._value, c._value));

    public static float Sum(ScalarLanes value) => value._value;

    public static void AddTo(ScalarLanes value, double* target) => *target += value._value;
}
