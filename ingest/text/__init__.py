"""The engine below the perturbations: texts as one array of code points, clusters, words, draws, edits."""
