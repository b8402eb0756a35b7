/* `rows` in the order of `keys`, one a row: least significant digits first, 16 bits at a time, over the bits of the doubles.
   Stable. NaN, a hidden cell, comes last in both directions: its place must not look like a size. */
function ordered(rows, keys, descending) {
  const n = rows.length, bits = new Uint32Array(keys.buffer), low = new Uint32Array(n), high = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) {
    let l = bits[2 * i], h = bits[2 * i + 1];
    if (keys[i] !== keys[i]) {
      l = -1;
      h = -1;
    } else {
      if (h >>> 31) { l = ~l; h = ~h; } else { h |= 1 << 31; }
      if (descending) { l = ~l; h = ~h; }
    }
    low[i] = l;
    high[i] = h;
  }
  let from = new Uint32Array(n), to = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) { from[i] = i; }
  [[low, 0], [low, 16], [high, 0], [high, 16]].forEach(([key, shift]) => {
    const starts = new Uint32Array(65537);
    for (let i = 0; i < n; i += 1) { starts[((key[i] >>> shift) & 0xffff) + 1] += 1; }
    if (starts.includes(n)) { return; }
    for (let i = 0; i < 65536; i += 1) { starts[i + 1] += starts[i]; }
    for (let i = 0; i < n; i += 1) {
      const at = from[i], digit = (key[at] >>> shift) & 0xffff;
      to[starts[digit]] = at;
      starts[digit] += 1;
    }
    [from, to] = [to, from];
  });
  return from.map((at) => rows[at]);
}
