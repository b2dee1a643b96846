using System.CommandLine;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>
/// Options of TensorFlow's retrain.py that have no counterpart here. One that asks for something that is not done is answered with what to do instead; one that
/// could not change the result (how often to measure, a distortion by 0 percent) is passed over with a notice, so that old command lines go on working.
/// </summary>
internal sealed class ForeignOptions
{
    private readonly (Option<string?> Option, string Answer)[] _options =
    [
        .. new (string Name, string Answer)[]
        {
            ("--model_dir", "name the graph itself: --model FILE.pb"),
            ("--tfhub_module", "name a frozen graph: --model FILE.pb"),
            ("--architecture", "name a model of 'models list' or a frozen graph: --model ID|FILE"),
            ("--quantize_layer", "name a graph with the weights you want: --model FILE.pb"),
            ("--intermediate_output_graphs_dir", "no intermediate results are written: fitting a head takes seconds"),
            ("--intermediate_store_frequency", "no intermediate results are written: fitting a head takes seconds"),
            ("--checkpoint_path", "no checkpoints are written: fitting a head takes seconds"),
            ("--summaries_dir", "no TensorBoard summaries are written; figures are in report.json of the output folder"),
            ("--eval_step_interval", "the head is measured once it is fitted"),
            ("--test_batch_size", "all test images are measured at once"),
            ("--validation_batch_size", "all validation images are measured at once"),
            ("--flip_left_right", "images are not distorted: features are cached, one an image"),
            ("--random_crop", "images are not distorted: features are cached, one an image"),
            ("--random_scale", "images are not distorted: features are cached, one an image"),
            ("--random_brightness", "images are not distorted: features are cached, one an image"),
            ("--logging_verbosity", "results go to standard output, progress to standard error; redirect what you do not want"),
        }.Select(entry => (new Option<string?>(entry.Name) { Hidden = true, Arity = ArgumentArity.ZeroOrOne }, entry.Answer)),
    ];

    private static readonly string[] s_withoutEffect = ["--intermediate_store_frequency", "--eval_step_interval", "--test_batch_size", "--validation_batch_size", "--logging_verbosity"];

    private static readonly string[] s_withoutEffectAtZero = ["--random_crop", "--random_scale", "--random_brightness"];

    /// <summary>Adds the options to a command, hidden from its help.</summary>
    public ForeignOptions AddTo(Command command)
    {
        foreach (var (option, _) in _options)
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Refuses a command line that uses one of them, unless it could not change the result.</summary>
    /// <exception cref="UsageException">One is used that asks for something; the message says what to do instead.</exception>
    public void Check(ParseResult arguments, CommandOutput output)
    {
        var used = _options.Where(entry => arguments.GetResult(entry.Option) is { Implicit: false }).ToArray();
        var asking = used.Where(entry => !IsWithoutEffect(entry.Option, arguments)).ToArray();
        if (asking.Length > 0)
        {
            throw new UsageException(string.Join(Environment.NewLine, asking.Select(entry => $"{entry.Option.Name} of retrain.py has no counterpart: {entry.Answer}.")));
        }

        foreach (var (option, answer) in used)
        {
            output.Notice($"{option.Name} of retrain.py is passed over: {answer}.");
        }
    }

    private static bool IsWithoutEffect(Option<string?> option, ParseResult arguments) =>
        s_withoutEffect.Contains(option.Name) || (s_withoutEffectAtZero.Contains(option.Name) && arguments.GetValue(option) is "0");
}
