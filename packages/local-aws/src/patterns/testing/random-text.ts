/** A pseudo-random text over `alphabet`; the same for the same seed. */
export function randomText(seed: number, alphabet: string, length: number): string {
  let state = seed;
  let text = "";
  for (let i = 0; i < length; i++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += alphabet[Math.floor(state / 65_536) % alphabet.length];
  }
  return text;
}
