#!/bin/sh
# table.sh FILE …: the scores of several seeds as one table of Markdown, mean and range
awk -F '\t' '
  FNR == 1 { files++ }
  {
    if (!($1 in seen)) { order[++rows] = $1; seen[$1] = 1 }
    for (i = 2; i <= 4; i++) {
      if ($i == "-") continue
      at = $1 SUBSEP i
      sum[at] += $i
      if (!n[at]++ || $i < least[at]) least[at] = $i
      if (n[at] == 1 || $i > most[at]) most[at] = $i
    }
  }
  function cell(name, i,    at) {
    at = name SUBSEP i
    return n[at] ? sprintf("%.1f (%.1f to %.1f)", sum[at] / n[at], least[at], most[at]) : "-"
  }
  END {
    print "| | with boxes in training | without | roots |"
    print "|---|---|---|---|"
    for (r = 1; r <= rows; r++)
      printf "| %s | %s | %s | %s |\n", order[r], cell(order[r], 2), cell(order[r], 3), cell(order[r], 4)
  }' "$@"
