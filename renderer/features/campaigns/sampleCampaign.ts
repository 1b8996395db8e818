/** What a new campaign begins with: two small steps that run everywhere. */
export const SAMPLE_CAMPAIGN = `name: Two questions about the built-in guest
question: How long does it boot, and what does a call cost?
defaults:
  runs: 5
steps:
  - name: boot
    measure: boot
    guests: [builtin-i386]
  - name: calls
    measure: syscalls
    guests: [builtin-i386]
    load: calls 1000
    after: [boot]
`;
