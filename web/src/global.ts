// What ELK expects around it and an embedded engine has not: the global object under a name that it knows, and a timer that
// takes 0 for "as soon as nothing else is running".
const root = globalThis as any;
root.global ??= root;
root.setTimeout = (work: () => void) => void Promise.resolve().then(work);
