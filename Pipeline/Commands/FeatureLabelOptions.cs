using System.CommandLine;
using MlTransfer.Datasets.Bottlenecks;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say how the labels of features that another program computed are found and called.</summary>
internal sealed class FeatureLabelOptions
{
    private readonly Option<string?> _labels = new("--labels") { Description = "With features that have no labels in their file: the file of the labels, .npy or one a line. Default for .npy: the file whose name goes with it (X_train.npy, y_train.npy).", HelpName = "FILE" };

    private readonly Option<string?> _column = new("--label-column", "--label_column") { Description = "With features in a .csv: the column of the labels, by name or number from 1. Default: told from the header and the values.", HelpName = "NAME" };

    private readonly Option<string?> _names = new("--label-names", "--label_names") { Description = "Names of the classes where the labels are numbers: one a line, 'number,name' a line, or JSON. Default: the numbers.", HelpName = "FILE" };

    /// <summary>Adds the options to a command.</summary>
    public FeatureLabelOptions AddTo(Command command)
    {
        command.Add(_labels);
        command.Add(_column);
        command.Add(_names);
        return this;
    }

    /// <summary>How the labels are found.</summary>
    public BottleneckReadOptions Read(ParseResult arguments) => new() { LabelsFile = arguments.GetValue(_labels), LabelColumn = arguments.GetValue(_column) };

    /// <summary>The file of the classes' names, or null.</summary>
    public string? Names(ParseResult arguments) => arguments.GetValue(_names);

    /// <summary>Which of the options are used, by name.</summary>
    public IEnumerable<string> Used(ParseResult arguments) =>
        new Option[] { _labels, _column, _names }.Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name);
}
