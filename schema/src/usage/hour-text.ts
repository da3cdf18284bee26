/** `2026-10-18 13:00`, in UTC; `-` for never. */
export const hourText = (time: Date | undefined): string => time?.toISOString().slice(0, 16).replace('T', ' ') ?? '-';
