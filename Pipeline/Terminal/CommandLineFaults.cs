using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MlTransfer.Features.Engines.Managed.Binding;

namespace MlTransfer.Pipeline.Terminal;

/// <summary>What is wrong with a command line, in words of the command line; the parser's own words name .NET types and suggest nothing.</summary>
internal static class CommandLineFaults
{
    /// <summary>One sentence a fault; none where the command line is understood.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true })
        {
            return [];
        }

        var command = parsed.CommandResult.Command;
        if (OptionTakenForArgument(parsed) is { } option)
        {
            var file = File.Exists(option) ? $" A file of that name is given behind '--': {command.Name} … -- {option}" : "";
            return [NoSuchOption(option, command) + file];
        }

        if (parsed.Errors.Count == 0)
        {
            return [];
        }

        var faults = Unmatched(parsed.UnmatchedTokens, command).ToList();
        if (command.Subcommands.Count > 0)
        {
            return faults.Count > 0 ? faults : [$"Which command? {Listed(command.Subcommands.Select(each => each.Name))} {(command.Subcommands.Count == 1 ? "is" : "are")} there."];
        }

        // The parser has an error for each token that is left over, too.
        var unmatched = parsed.UnmatchedTokens.Select(token => $"'{token}'").ToHashSet(StringComparer.Ordinal);
        faults.AddRange(parsed.Errors.Where(error => error.SymbolResult is not CommandResult || !unmatched.Any(token => error.Message.Contains(token, StringComparison.Ordinal))).Select(Reworded));
        return [.. faults.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Has a command refuse an empty text where a name is expected, which a script gives whose variable is not set, and numbers such as 0,1, of which the parser
    /// would make 1.
    /// </summary>
    public static void AddChecks(Command command)
    {
        foreach (var option in command.Options)
        {
            var type = TypeOf(option);
            option.Validators.Add(result =>
            {
                RefuseEmpty(result, option.Name);
                if (type == typeof(double) && result.Tokens is [{ Value: { Length: > 0 } given }] && !double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                {
                    result.AddError(Expected(option, given));
                }
            });
        }

        foreach (var argument in command.Arguments)
        {
            argument.Validators.Add(result => RefuseEmpty(result, $"<{argument.Name}>"));
        }
    }

    private static void RefuseEmpty(SymbolResult result, string name)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError($"{name}: an empty text was given.");
        }
    }

    private static Type TypeOf(Option option) => Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;

    private static string Expected(Option option, string given) =>
        $"{option.Name} {given}: {(TypeOf(option) == typeof(int) ? "a whole number" : TypeOf(option) == typeof(double) ? "a number, with a point for decimals," : "true or false")} is expected.";

    private static IEnumerable<string> Unmatched(IReadOnlyList<string> tokens, Command command)
    {
        foreach (var token in tokens)
        {
            var name = token.Split('=', ':')[0];
            if (name.Length > 1 && name[0] == '-')
            {
                yield return NoSuchOption(name, command);

                // What follows was most likely the option's value.
                yield break;
            }

            if (command.Subcommands.Count > 0)
            {
                yield return $"There is no command '{token}'.{DidYouMean(token, command.Subcommands.Select(each => each.Name))}";
                yield break;
            }

            yield return $"'{token}' is more than {command.Name} takes.";
        }
    }

    /// <summary>What looks like an option and stands where images or folders are named; the parser takes it for one of these.</summary>
    private static string? OptionTakenForArgument(ParseResult parsed)
    {
        var taken = parsed.CommandResult.Command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(token => token.Value is ['-', _, ..] && taken.Contains(token))?.Value;
    }

    private static string NoSuchOption(string name, Command command) => $"There is no option '{name}'.{DidYouMean(name, Options(command))}";

    private static IEnumerable<string> Options(Command command) => command.Options.Concat(Inherited(command))
        .Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.Length > 2);

    private static IEnumerable<Option> Inherited(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive).Concat(Inherited(parent)));

    private static string Reworded(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Option: var option, Tokens: [{ Value: var given }] })
        {
            return error.Message;
        }

        if (error.Message.Contains(TypeOf(option).FullName!, StringComparison.Ordinal))
        {
            return Expected(option, given);
        }

        // "Must be one of" and a line for each value.
        var lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 2)
        {
            return error.Message;
        }

        string[] values = [.. lines.Skip(1).Select(line => line.Trim('\''))];
        return $"{option.Name} {given}: one of {Listed(values)} is expected.{DidYouMean(given, values)}";
    }

    private static string DidYouMean(string name, IEnumerable<string> known) =>
        NearestNames.Find(name, known) is { Count: > 0 } near ? $" Did you mean {string.Join(" or ", near.Select(each => $"'{each}'"))}?" : "";

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }
}
