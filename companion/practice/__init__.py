"""The machinery of exercises: their kinds, how an answer is tried and judged, where the chapters' exercises are found."""
