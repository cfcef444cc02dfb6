# Measurements of streamed answers; read by src/bench/run.

stream_prompt='{"prompt":"Why is the sky blue?","stream":true}'

set_stream() { # set_stream DELAY_MS PARTS PAUSE_MS TEXT: what the upstream sends from now on; its count begins at 0
  sent=(--parts "$2" --text "$4")
  curl -sf -m 10 -o /dev/null -X POST "$upstream/set?delay=$1&status=200&parts=$2&pause=$3&text=$4" ||
    fail "the upstream does not take its orders"
}
stream_load() { # stream_load NAME caravan|bare|direct OPTION…: sets `report`; `streams_pid` names it while it runs in the background
  local name=$1 url=$direct_stream body=$claude form=frames
  case "$2" in
    caravan) url=$caravan body=$stream_prompt form=events ;;
    bare) url=$bare_stream ;;
  esac
  shift 2
  timeout 120 "$java" $tool_options -XX:TieredStopAtLevel=1 -cp "$tool_path" dev.caravan.bench.StreamLoad --url "$url" \
    --body "$body" --form "$form" "${sent[@]}" "$@" >"$out/stream-report" 2>"$out/stream-load-$release.log" &
  streams_pid=$!
  pids+=("$streams_pid")
  while_streams_run
  wait "$streams_pid" || { sed -n 1,5p "$out/stream-load-$release.log" >&2; fail "the load $name failed"; }
  pids=("${pids[@]:0:${#pids[@]}-1}")
  report=$(cat "$out/stream-report")
  keep "$name"
}
while_streams_run() { :; }
all_streamed() { # all_streamed NAME: a figure made of failures is none
  [ "$(field not_ok)" = 0 ] && [ "$(field failures)" = 0 ] && [ "$(field incomplete)" = 0 ] ||
    { say "$1: not all streams came whole: $report"; clean=false; }
}
start_bare_proxy() { # sets `bare_stream` and `bare_pid`
  local port
  port=$(free_port)
  command=("$java" $JVM_OPTIONS -cp "$tool_path" dev.caravan.bench.BareProxy --port "$port" --endpoint "$upstream")
  start proxy
  bare_pid=$pid bare_stream=http://127.0.0.1:$port${direct_stream#"$upstream"}
  await proxy "$pid" "$bare_stream"
}
warm_streams() { # warm_streams caravan|bare: until it is compiled, at most a minute
  local done=0 i
  set_stream 0 50 0 16
  for i in $(seq 1 12); do
    stream_load stream-warm "$1" --streams 32 --warmup 0 --seconds 5
    done=$((done + $(field parts)))
    [ "$done" -ge "$warm_parts" ] && return
  done
  say "only $done parts of warm-up within a minute"
}
start_both() { # Caravan and the bare proxy, warm
  start_caravan
  warm_streams caravan
  start_bare_proxy
  warm_streams bare
}
cpu_ms() { # cpu_ms PID: user and system time so far
  awk -v ticks="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); printf "%d", ($12 + $13) * 1000 / ticks}' "/proc/$1/stat"
}

measure_stream_warm() { # the two that want warm processes
  say "JDK $release: streams through warm processes"
  start_both
  if wanted stream-first; then first_part; fi
  if wanted stream-parts; then many_parts; fi
}
first_part() { # what Caravan adds to the time to the first part, at low load
  local at_once i what
  set_stream 5 3 5 16
  for at_once in 1 8; do
    local p50_direct=() p99_direct=() p50_bare=() p99_bare=() p50_caravan=() p99_caravan=()
    for i in $(seq 1 "$stream_rounds"); do
      for what in direct bare caravan; do
        stream_load "stream-first-$at_once-$what" "$what" --streams "$at_once" --warmup 1 --seconds "$seconds"
        all_streamed "$what"
        local -n p50=p50_$what p99=p99_$what
        p50+=("$(field first_p50_ms)") p99+=("$(field first_p99_ms)")
      done
    done
    local more
    more=$(median $(differences p99_caravan p99_direct))
    row "$at_once stream$([ "$at_once" = 1 ] || echo s) at once, first part, p50 and p99, median of $stream_rounds" \
      "$(median "${p50_caravan[@]}") and $(median "${p99_caravan[@]}") ms: $(median $(differences p50_caravan p50_direct)) and $more ms added" \
      "upstream itself $(median "${p50_direct[@]}") and $(median "${p99_direct[@]}") ms; the bare proxy adds $(median $(differences p50_bare p50_direct)) and $(median $(differences p99_bare p99_direct)) ms" \
      "<= 5 ms added at p99" "$(holds "$more <= 5")"
  done
}
differences() { # differences ARRAY ARRAY: of each round
  local -n left=$1 right=$2
  local i
  for i in "${!left[@]}"; do calc "${left[i]} - ${right[i]}" 3; echo; done
}

many_parts() { # parts per second and CPU, as fast as they are taken, then at a steady pace
  set_stream 0 200 0 16
  parts_of fast --streams 32 --warmup 1 --seconds "$seconds"
  local rate
  rate=$(median "${ratios[@]}")
  row "32 streams as fast as they are taken, parts/s, median of $stream_rounds" "$(calc "$(median "${rate_caravan[@]}")" 0)" \
    "bare proxy $(calc "$(median "${rate_bare[@]}")" 0) (upstream itself $(calc "$(median "${rate_direct[@]}")" 0)): x $(calc "$rate")" \
    "–" "–"
  cpu_row "the same"
  set_stream 0 "$paced_parts" 20 16
  parts_of paced --streams 100 --ramp "$((paced_parts * 20))" --warmup "$((paced_parts / 50))" --seconds "$seconds"
  cpu_row "100 streams with 50 parts a second each"
}
parts_of() { # parts_of NAME OPTION…: sets the arrays of rates, ratios and CPU
  local name=$1 i what before
  shift
  rate_direct=() rate_bare=() rate_caravan=() ratios=() cpu_bare=() cpu_caravan=() cpu_ratios=()
  for i in $(seq 1 "$stream_rounds"); do
    if [ "$name" = fast ]; then
      stream_load stream-parts-fast-direct direct "$@"
      all_streamed upstream
      rate_direct+=("$(field rate)")
    fi
    for what in bare caravan; do
      local -n process=${what}_pid cpu=cpu_$what rates=rate_$what
      before=$(cpu_ms "$process")
      stream_load "stream-parts-$name-$what" "$what" "$@"
      all_streamed "$what"
      rates+=("$(field rate)")
      cpu+=("$(calc "1000 * ($(cpu_ms "$process") - $before) / $(field parts_all)" 3)")
    done
    ratios+=("$(calc "${rate_caravan[-1]} / ${rate_bare[-1]}" 3)")
    cpu_ratios+=("$(calc "${cpu_caravan[-1]} / ${cpu_bare[-1]}" 3)")
  done
}
cpu_row() { # cpu_row WHAT
  row "$1, CPU for 1000 parts, median of $stream_rounds" "$(calc "$(median "${cpu_caravan[@]}")" 1) ms" \
    "bare proxy $(calc "$(median "${cpu_bare[@]}")" 1) ms: x $(calc "$(median "${cpu_ratios[@]}")")" "–" "–"
}

measure_stream_thousand() { # 1000 open streams, a part a second for each
  local i gap gaps=() more=() parts=0 open_least=1000 threads_before
  say "JDK $release: 1000 open streams"
  start_caravan CARAVAN_MAX_CONCURRENT=2000
  warm_streams caravan
  local with=(--mode once --streams 1000 --ramp 1000)
  set_stream 0 40 50 16
  stream_load stream-thousand-warm caravan "${with[@]}"
  threads_before=$(threads "$caravan_pid") most_threads=0
  set_stream 0 "$thousand_parts" 1000 16
  for i in $(seq 1 "$thousand_rounds"); do
    stream_load stream-thousand-direct direct "${with[@]}"
    all_streamed upstream
    gap=$(field gap_p99_ms)
    while_streams_run() { note_threads; }
    stream_load stream-thousand-caravan caravan "${with[@]}"
    while_streams_run() { :; }
    all_streamed caravan
    gaps+=("$(field gap_p99_ms)") more+=("$(calc "$(field gap_p99_ms) - $gap" 0)")
    parts=$((parts + $(field parts)))
    open_least=$(printf '%s\n' "$open_least" "$(field open_max)" | sort -g | head -n 1)
  done
  local peak worst all=$((1000 * thousand_parts * thousand_rounds))
  peak=$(memory VmHWM "$caravan_pid") worst=$(highest "${more[@]}")
  row "1000 open streams, a part a second each: parts that came" "$parts of $all" "$open_least streams open at once" \
    "all" "$(holds "$parts == $all && $open_least == 1000")"
  row "the same, from one part to the next, p99, worst of $thousand_rounds" "$(calc "$(highest "${gaps[@]}")" 0) ms" \
    "upstream's own + $worst ms" "<= + 200 ms" "$(holds "$worst <= 200")"
  row "the same, resident memory" "$peak MB at most, $(memory VmRSS "$caravan_pid") MB after" "–" "<= 500 MB" "$(holds "$peak <= 500")"
  row "the same, threads of the system" "$most_threads at most" "$threads_before before" "<= 100" "$(holds "$most_threads <= 100")"
  stop "$caravan_pid"
}
threads() { awk '$1 == "Threads:" {print $2}' "/proc/$1/status"; }
note_threads() { # until the load has ended
  local now
  while kill -0 "$streams_pid" 2>/dev/null; do
    now=$(threads "$caravan_pid")
    [ "$now" -gt "$most_threads" ] && most_threads=$now
    sleep 0.2
  done
}

measure_stream_stall() { # clients that read nothing for a while: what they do not take is left to the upstream
  local all taken peak
  say "JDK $release: clients that do not read"
  start_caravan
  set_stream 0 50 0 16
  stream_load stream-stall-warm caravan --mode once --streams 32
  # Far more than the system's own buffers hold: 7 MB of text for each. No more clients than whose whole answers fit in memory.
  set_stream 0 1800 0 4000
  all=$((4 * 1800)) taken=$all
  while_streams_run() { sleep 4; report=$(count); taken=$(field parts); }
  stream_load stream-stall caravan --mode once --streams 4 --stall 6000
  while_streams_run() { :; }
  all_streamed caravan
  peak=$(memory VmHWM "$caravan_pid")
  row "4 clients read nothing for 6 s, then all" "$(field parts) of $all parts came; $peak MB at most" \
    "$taken were taken from the upstream meanwhile" "all, but not all taken before" \
    "$(holds "$(field parts) == $all && $taken < $all")"
  stop "$caravan_pid"
}
