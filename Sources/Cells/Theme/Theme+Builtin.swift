extension Theme {
  /// The theme `midnight` as `themes/midnight.toml` has it: what is shown when no file can be read.
  package static let builtin: Theme =
    resolve(
      name: "midnight",
      roles: [
        "text": ThemeEntry(foreground: "snow", background: "night"),
        "secondary": ThemeEntry(foreground: "mist"),
        "faint": ThemeEntry(foreground: "slate"),
        "title": ThemeEntry(foreground: "snow", bold: true),
        "chrome": ThemeEntry(foreground: "mist"),
        "tab": ThemeEntry(foreground: "mist"),
        "tab-active": ThemeEntry(foreground: "sky", bold: true),
        "section": ThemeEntry(foreground: "sky", bold: true),
        "key": ThemeEntry(foreground: "sky", bold: true),
        "accent": ThemeEntry(foreground: "sky"),
        "attention": ThemeEntry(foreground: "amber", bold: true),
        "draining": ThemeEntry(foreground: "violet"),
        "running": ThemeEntry(foreground: "lagoon"),
        "paused": ThemeEntry(foreground: "sand"),
        "queued": ThemeEntry(foreground: "mist"),
        "success": ThemeEntry(foreground: "leaf"),
        "failure": ThemeEntry(foreground: "coral", bold: true),
        "stopped": ThemeEntry(foreground: "rose"),
        "warning": ThemeEntry(foreground: "amber"),
        "selection": ThemeEntry(foreground: "white", background: "dusk", bold: true),
        "dialog": ThemeEntry(foreground: "snow"),
        "field": ThemeEntry(foreground: "snow", underline: true),
      ],
      palette: [
        "night": "#12161f",
        "dusk": "#223050",
        "white": "#ffffff",
        "snow": "#d7dce8",
        "mist": "#a3aec2",
        "slate": "#8e99ae",
        "sky": "#82b4ff",
        "lagoon": "#6fd0d4",
        "leaf": "#8fd07f",
        "sand": "#dccb8c",
        "amber": "#f5b95f",
        "coral": "#ff8585",
        "rose": "#d9a0ae",
        "violet": "#c7a8f8",
      ]
    ).theme
}
