namespace MlTransfer.Trainers.Selection;

/// <summary>Which strength of the penalty cross-validation picks.</summary>
public enum SelectionRule
{
    /// <summary>The one of the least mean log loss, as scikit-learn's LogisticRegressionCV with <c>scoring="neg_log_loss"</c> and glmnet's <c>lambda.min</c>.</summary>
    Minimum,

    /// <summary>The strongest whose mean log loss is within one standard error of the least, as glmnet's <c>lambda.1se</c> (Breiman and others, CART, 1984).</summary>
    OneStandardError,
}
