/** The languages that readers are spoken to in. */
export type Language = "en" | "ja";

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;
