type Packages = Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
export function isInstalled(locked: Packages | null, installed: Packages | null): boolean;
