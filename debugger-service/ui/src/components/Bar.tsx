interface Props {
  /** From 0 to 1. */
  share: number;
  /** A colour of the stylesheet, such as `seriesColour(0)`. */
  colour?: string;
}

/** A bar beside a number that says the same: it is not heard. */
export function Bar({ share, colour }: Props) {
  const width = `${Math.min(1, Math.max(0, share)) * 100}%`;
  return (
    <span className="track" aria-hidden="true">
      {share > 0 && <span className="fill" style={{ width, background: colour }} />}
    </span>
  );
}
