"""The engine below the perturbations: many texts as one array of code points, clusters, words, draws, edits."""
