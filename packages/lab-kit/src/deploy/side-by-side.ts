/**
 * Waits for works that go on side by side. Where one fails the others are told to end, and are waited for: a Terraform at
 * work has to be.
 *
 * @param giveUp ends the others
 * @throws what failed first, and not what came of ending the others
 */
export async function sideBySide(
  works: readonly Promise<unknown>[],
  giveUp: () => void,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      work.catch((error: unknown) => {
        failures.push(error);
        giveUp();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}
