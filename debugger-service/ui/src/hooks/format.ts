const LANGUAGE = "en";
const count = new Intl.NumberFormat(LANGUAGE);
const percent = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });
const percent1 = new Intl.NumberFormat(LANGUAGE, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KILOBYTE = 1024;

/** 12345 as 12,345. */
export const formatCount = (value: number) => count.format(value);
/** 0.873 as 87 %, or with one digit as 87.3 %. */
export const formatPercent = (value: number, digits: 0 | 1 = 0) => (digits ? percent1 : percent).format(value);
export const formatMoment = (iso: string) => moment.format(new Date(iso));

/** `1 row`, `12,345 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Seconds that are left, in words: `about 2 minutes`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < MINUTE) return `about ${Math.ceil(seconds / 10) * 10} seconds`;
  if (seconds < HOUR) return `about ${plural(Math.round(seconds / MINUTE), "minute")}`;
  return `about ${plural(Math.round(seconds / HOUR), "hour")}`;
}

/** `2 hours ago`, `yesterday`; earlier than a week the day. */
export function formatAgo(iso: string, now = Date.now()): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const age = Math.abs(seconds);
  if (age < MINUTE) return "just now";
  if (age < HOUR) return ago.format(Math.round(seconds / MINUTE), "minute");
  if (age < DAY) return ago.format(Math.round(seconds / HOUR), "hour");
  return age < 7 * DAY ? ago.format(Math.round(seconds / DAY), "day") : formatMoment(iso);
}

export function formatBytes(bytes: number): string {
  if (bytes < KILOBYTE) return plural(bytes, "byte");
  if (bytes < KILOBYTE ** 2) return `${formatCount(Math.round(bytes / KILOBYTE))} kB`;
  return `${(bytes / KILOBYTE ** 2).toFixed(1)} MB`;
}
