using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using MlTransfer.Trainers;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Losses;

namespace MlTransfer.Benchmarks.Trainers;

/// <summary>
/// ML.NET's LbfgsMaximumEntropy where the reader has it: assemblies from a folder, called by name, since the packages are not in every feed. Rows lie in
/// memory and are cached before the clock starts.
/// </summary>
internal sealed class MlNetPeer
{
    private readonly string _folder;
    private readonly AssemblyLoadContext _context = new("Microsoft.ML");
    private readonly FeatureMatrix _features;
    private readonly int[] _labels;
    private readonly dynamic _ml;
    private readonly object _data;

    private MlNetPeer(string folder, FeatureMatrix features, int[] labels)
    {
        _folder = Path.GetFullPath(folder);
        (_features, _labels) = (features, labels);
        _context.Resolving += (context, name) => Path.Combine(_folder, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        _ml = Activator.CreateInstance(Type("Microsoft.ML.Data", "Microsoft.ML.MLContext"), 1)!;
        dynamic schema = Type("Microsoft.ML.Data", "Microsoft.ML.Data.SchemaDefinition").GetMethod("Create")!.Invoke(null, [typeof(MlNetRow), 3])!;
        var single = Type("Microsoft.ML.DataView", "Microsoft.ML.Data.NumberDataViewType").GetProperty("Single")!.GetValue(null)!;
        schema["Features"].ColumnType = (dynamic)Activator.CreateInstance(Type("Microsoft.ML.DataView", "Microsoft.ML.Data.VectorDataViewType"), single, features.Columns)!;
        schema["Label"].ColumnType = (dynamic)Activator.CreateInstance(Type("Microsoft.ML.DataView", "Microsoft.ML.Data.KeyDataViewType"), typeof(uint), labels.Max() + 1)!;
        IEnumerable<MlNetRow> rows = [.. labels.Select((label, row) => new MlNetRow { Features = features.Row(row).ToArray(), Label = (uint)label })];
        _data = _ml.Data.Cache(_ml.Data.LoadFromEnumerable(rows, schema), Array.Empty<string>());
    }

    /// <summary>Loads ML.NET and the rows; null and a reason where it is not there or not as expected.</summary>
    public static MlNetPeer? Load(string? folder, FeatureMatrix features, int[] labels, out string note)
    {
        note = "absent: name a folder with Microsoft.ML*.dll and what they need with --mlnet FOLDER";
        if (folder is null)
        {
            return null;
        }

        try
        {
            var peer = new MlNetPeer(folder, features, labels);
            note = "";
            return peer;
        }
        catch (Exception fault) when (fault is IOException or MissingMemberException or TargetInvocationException or NullReferenceException or BadImageFormatException
                                          or Microsoft.CSharp.RuntimeBinder.RuntimeBinderException)
        {
            note = $"absent: {folder}: {fault.Message}";
            return null;
        }
    }

    /// <summary>Seconds of a fit at its default tolerance, and how far above the least objective it stopped.</summary>
    public (double Seconds, string Note) Time(double l2, double optimum)
    {
        // Its objective is Σ loss + (L2 / 2) · Σ W², ours the mean.
        var strength = (float)(l2 * _features.Rows);
        object catalog = _ml.MulticlassClassification.Trainers;
        var create = Type("Microsoft.ML.StandardTrainers", "Microsoft.ML.StandardTrainersCatalog").GetMethods()
            .Single(method => method.Name == "LbfgsMaximumEntropy" && method.GetParameters().Length > 2);
        dynamic trainer = create.Invoke(null, [catalog, "Label", "Features", null, 0f, strength, 1e-7f, 20, false])!;
        dynamic data = _data;
        var clock = Stopwatch.StartNew();
        dynamic model = trainer.Fit(data);
        var seconds = clock.Elapsed.TotalSeconds;
        var layer = Layer((object)model.Model);
        var (loss, _) = ExactLoss.Measure(_features, _labels, null, layer, Environment.ProcessorCount, default);
        var off = (loss + (l2 / 2 * ExactLoss.SumOfSquares(layer)) - optimum) / optimum;
        var version = Type("Microsoft.ML.Data", "Microsoft.ML.MLContext").Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return (seconds, string.Create(CultureInfo.InvariantCulture, $"ML.NET {version} at its default tolerance: objective {off:0.0e+0} above the least"));
    }

    private static SoftmaxWeights Layer(object model)
    {
        object?[] arguments = [null, 0];
        model.GetType().GetMethod("GetWeights")!.Invoke(model, arguments);
        var weights = new List<float>();
        foreach (dynamic row in (Array)arguments[0]!)
        {
            weights.AddRange((IEnumerable<float>)row.DenseValues());
        }

        var biases = (IEnumerable<float>)model.GetType().GetMethod("GetBiases")!.Invoke(model, null)!;
        return new SoftmaxWeights([.. weights], [.. biases]);
    }

    private Type Type(string assembly, string name) => _context.LoadFromAssemblyPath(Path.Combine(_folder, assembly + ".dll")).GetType(name, throwOnError: true)!;
}
