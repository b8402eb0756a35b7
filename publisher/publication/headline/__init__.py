"""The figures in large type and the sentences beside them: found as facts, said in any language."""
