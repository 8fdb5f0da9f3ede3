import type { DataOf, EventOf } from '@agon/contracts';
import { reader, streamId } from '@agon/contracts';
import { Decisions, type Handled, MessageContext, OnEvent } from '@agon/messaging';
import { Refinements, Tellings } from '@agon/service-kit';
import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { asksOf } from './refinement/asks.ts';
import * as scene from './scene/scene.ts';
import * as stakeholders from './stakeholders/stakeholders.ts';

/** Message → command. Reacts to what conflict-flow has accepted, never to a raw input that names a conflict. */
@Controller()
export class Handlers {
  constructor(
    private readonly decisions: Decisions,
    private readonly tellings: Tellings,
    private readonly refinements: Refinements,
  ) {}

  @OnEvent('ConflictCreated')
  conflictCreated(@Payload() { data }: EventOf<'ConflictCreated'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, conflictType, cast } = data;
    return this.tell(context, conflictId, (telling) => ({ type: 'Assemble', conflictId, conflictType, cast, telling }));
  }

  @OnEvent('ChoiceApplied')
  choiceApplied(@Payload() { data }: EventOf<'ChoiceApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId, choice, tensionChanges, transition } = data;
    return this.tell(context, conflictId, (telling) => ({
      type: 'ReactToChoice',
      conflictId,
      choice,
      tensionChanges,
      transition,
      telling,
    }));
  }

  @OnEvent('ProgressApplied')
  progressApplied(@Payload() { data }: EventOf<'ProgressApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.bear(context, data);
  }

  @OnEvent('ActApplied')
  actApplied(@Payload() { data }: EventOf<'ActApplied'>, @Ctx() context: MessageContext): Promise<Handled> {
    return this.bear(context, data);
  }

  @OnEvent('ConflictResolved')
  resolved(@Payload() { data }: EventOf<'ConflictResolved'>, @Ctx() context: MessageContext): Promise<Handled> {
    const { conflictId } = data;
    return this.tell(context, conflictId, (telling) => ({ type: 'Release', conflictId, telling }));
  }

  @OnEvent('SceneSynced')
  sceneSynced(@Payload() { data }: EventOf<'SceneSynced'>, @Ctx() { event }: MessageContext): Promise<Handled> {
    const parts = Object.fromEntries(data.conflictIds.map((id) => [`of ${id}`, stakeholdersOf(event.storyId, id)]));
    const own = { streamId: streamId('stakeholders', event.storyId), decider: scene.decider, select: selectScene };
    return this.decisions.handle(event, { ...parts, scene: own }, (states) => {
      const members = Object.values(states)
        .filter(isOfConflict)
        .flatMap((state) => (state.released ? [] : state.members));
      const telling = this.tellings.of(event, 'stakeholders');
      const hint = { type: 'HintBehaviours', present: data.cast, stakeholders: members, telling } as const;
      return [{ stream: 'scene', events: scene.decide(hint, states.scene) }];
    });
  }

  @OnEvent('RefinementAnswered')
  async refinementAnswered(
    @Payload() { data }: EventOf<'RefinementAnswered'>,
    @Ctx() { event }: MessageContext,
  ): Promise<Handled | undefined> {
    if (!this.refinements.isOwn(data)) return undefined;
    const { conflictId } = data;
    const streams = {
      stakeholders: stakeholdersOf(event.storyId, String(conflictId)),
      refinements: this.refinements.of(event.storyId, conflictId),
    };
    return this.decisions.handle(event, streams, (states) => {
      const closed = states.stakeholders.released;
      return [{ stream: 'refinements', events: this.refinements.judge(data, closed, states.refinements) }];
    });
  }

  private bear(context: MessageContext, moved: DataOf<'ProgressApplied'>): Promise<Handled> {
    const { conflictId, tensionChanges, transition } = moved;
    return this.tell(context, conflictId, (telling) => ({
      type: 'BearMovement',
      conflictId,
      tensionChanges,
      transition,
      telling,
    }));
  }

  private tell(
    { event }: MessageContext,
    conflictId: string,
    command: (telling: ReturnType<Tellings['of']>) => stakeholders.StakeholdersCommand,
  ): Promise<Handled> {
    const streams = {
      stakeholders: stakeholdersOf(event.storyId, conflictId),
      refinements: this.refinements.of(event.storyId, conflictId),
    };
    return this.decisions.handle(event, streams, (states) => {
      const told = command(this.tellings.of(event, `stakeholders-${conflictId}`));
      const facts = stakeholders.decide(told, states.stakeholders);
      const asks = asksOf(states.stakeholders, facts, told.type === 'ReactToChoice' ? told.choice : undefined);
      return [
        { stream: 'stakeholders', events: facts },
        { stream: 'refinements', events: this.refinements.ask(event, asks, states.refinements) },
      ];
    });
  }
}

const isOfConflict = (
  state: stakeholders.StakeholdersState | scene.SceneState,
): state is stakeholders.StakeholdersState => 'members' in state;

const selectStakeholders = reader(stakeholders.STAKEHOLDERS_EVENTS);
const selectScene = reader(scene.SCENE_EVENTS);

const stakeholdersOf = (storyId: string, conflictId: string) => ({
  streamId: streamId('stakeholders', storyId, conflictId),
  decider: stakeholders.decider,
  select: selectStakeholders,
});
