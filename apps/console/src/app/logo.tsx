/** The keys of a telephone, the last row cut short. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--mantine-color-dial-7)" />
      <g fill="#fff">{[[10, 10], [16, 10], [22, 10], [10, 16], [16, 16], [22, 16], [16, 22]].map(([x, y]) => <circle key={`${x} ${y}`} cx={x} cy={y} r="2.2" />)}</g>
    </svg>
  );
}
